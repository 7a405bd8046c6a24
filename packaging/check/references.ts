/** Finds references that lead nowhere, and circles of them. */
import { schemaOf } from './schema.ts';
import { type Fault, nodesOf, type Template } from './template.ts';

const PSEUDO = new Set(
  ['AccountId', 'NoValue', 'NotificationARNs', 'Partition', 'Region', 'StackId', 'StackName', 'URLSuffix'].map(
    (name) => `AWS::${name}`,
  ),
);

interface Reference {
  readonly path: string;
  readonly id: string;
  /** Of `Fn::GetAtt`, and of `${Id.Attribute}`. */
  readonly attribute?: string;
}

export function referenceFaults(template: Template): readonly Fault[] {
  const faults: Fault[] = [];
  const edges = new Map<string, Set<string>>();
  for (const [id, resource] of Object.entries(template.Resources)) {
    const depends = [resource.DependsOn ?? []].flat().map((on) => ({ path: `${id}.DependsOn`, id: on }));
    const references = [...referencesIn(resource.Properties, id), ...depends];
    for (const reference of references) checkTarget(reference, template, faults);
    edges.set(id, new Set(references.map((reference) => reference.id).filter((to) => to !== id)));
  }
  for (const [name, output] of Object.entries(template.Outputs ?? {})) {
    for (const reference of referencesIn(output, `Outputs.${name}`)) checkTarget(reference, template, faults);
  }
  return [...faults, ...circles(edges)];
}

function* referencesIn(value: unknown, path: string): Generator<Reference> {
  for (const { node, path: at } of nodesOf(value, path)) {
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = node as Record<string, unknown>;
    if (typeof Ref === 'string') yield { path: at, id: Ref };
    if (attribute !== undefined) yield attributeReference(attribute, at);
    if (sub !== undefined) yield* substituted(sub, at);
  }
}

function attributeReference(value: unknown, path: string): Reference {
  const [id = '', ...rest] = Array.isArray(value) ? value.map(String) : String(value).split('.');
  return { path, id, attribute: rest.join('.') };
}

function* substituted(value: unknown, path: string): Generator<Reference> {
  const [text, own] = Array.isArray(value) ? value : [value, {}];
  for (const [, name = ''] of String(text).matchAll(/\$\{([^!}][^}]*)\}/g)) {
    if (Object.hasOwn(own ?? {}, name)) continue;
    if (!name.startsWith('AWS::') && name.includes('.')) yield attributeReference(name, path);
    else yield { path, id: name };
  }
}

function checkTarget({ path, id, attribute }: Reference, template: Template, faults: Fault[]): void {
  if (attribute === undefined && (PSEUDO.has(id) || Object.hasOwn(template.Parameters ?? {}, id))) return;
  const target = Object.hasOwn(template.Resources, id) ? template.Resources[id] : undefined;
  if (target === undefined) faults.push(`${path}: there is no ${id}`);
  else if (attribute !== undefined && schemaOf(target.Type)?.attributes[attribute] === undefined) {
    faults.push(`${path}: ${id}, a ${target.Type}, has no attribute ${attribute}`);
  }
}

function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly Fault[] {
  const faults: Fault[] = [];
  const done = new Set<string>();
  const visit = (id: string, way: readonly string[]): void => {
    if (way.includes(id)) faults.push(`${id}: circular dependency ${[...way.slice(way.indexOf(id)), id].join(' → ')}`);
    if (done.has(id) || way.includes(id)) return;
    for (const next of edges.get(id) ?? []) visit(next, [...way, id]);
    done.add(id);
  };
  for (const id of edges.keys()) visit(id, []);
  return faults;
}
