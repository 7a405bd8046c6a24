import { type Identity, identify } from './identity.ts';
import { INTRINSICS, isTrue, type Scope } from './intrinsics.ts';
import type { RawResource, RawTemplate, TemplateOptions } from './raw.ts';

export interface Resolver {
  /** Whether the template has the resource and its condition holds. */
  exists(logicalId: string): boolean;
  resolve(value: unknown, at: string): unknown;
  ref(name: string, at: string): string;
  condition(name: string, at: string): boolean;
}

/** `AWS::NoValue`: the property that holds it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

/** Works out a template's expressions, reporting what can't be. */
export function createResolver(
  template: RawTemplate,
  options: TemplateOptions,
  fault: (message: string) => void,
): Resolver {
  const pseudo = pseudoParameters(options);
  const resolve = (value: unknown, at: string): unknown => resolveValue(value, at, scope);
  const condition = createConditions(template, resolve, fault);
  const exists = (id: string): boolean => {
    const resource = Object.hasOwn(template.Resources, id) ? template.Resources[id] : undefined;
    return resource !== undefined && (resource.Condition === undefined || condition(resource.Condition, id));
  };
  const identityOf = createIdentities(template, options, resolve, fault);
  const parameter = (name: string, at: string): unknown => {
    const value = options.parameters?.[name] ?? template.Parameters?.[name]?.Default;
    if (value === undefined) fault(`${at}: parameter ${name} has no default, and no value was given`);
    return value;
  };
  const named = (name: string, at: string): unknown => {
    if (Object.hasOwn(pseudo, name)) return pseudo[name];
    if (Object.hasOwn(template.Parameters ?? {}, name)) return parameter(name, at);
    if (exists(name)) return identityOf(name, at)?.ref;
    const leftOut = Object.hasOwn(template.Resources, name);
    fault(`${at}: refers to ${name}, which ${leftOut ? 'its condition leaves out' : 'is not in the template'}`);
    return undefined;
  };
  const attribute = (id: string, name: string, at: string): unknown => {
    if (!exists(id)) return named(id, at);
    const identity = identityOf(id, at);
    if (identity === undefined || Object.hasOwn(identity.attributes, name)) return identity?.attributes[name];
    fault(`${at}: ${id} (${template.Resources[id]?.Type}) has no attribute ${name}`);
    return undefined;
  };
  const mapping = (map: string, top: string, second: string): unknown => template.Mappings?.[map]?.[top]?.[second];
  const scope: Scope = { resolve, named, attribute, condition, mapping, fault };
  return { exists, resolve, condition, ref: (name, at) => String(named(name, at)) };
}

function pseudoParameters({ accountId, region, stackName }: TemplateOptions): Readonly<Record<string, unknown>> {
  return {
    'AWS::AccountId': accountId,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/00000000`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': NO_VALUE,
  };
}

/** The template's conditions by name, each worked out once. */
function createConditions(template: RawTemplate, resolve: Scope['resolve'], fault: Scope['fault']): Scope['condition'] {
  const known = new Map<string, boolean | undefined>();
  return (name, at) => {
    if (!Object.hasOwn(template.Conditions ?? {}, name)) {
      fault(`${at}: condition ${name} is not in the template`);
      return false;
    }
    if (!known.has(name)) {
      known.set(name, undefined);
      known.set(name, isTrue(resolve(template.Conditions?.[name], `Conditions.${name}`)));
    }
    const value = known.get(name);
    if (value === undefined) fault(`${at}: condition ${name} refers to itself`);
    return value ?? false;
  };
}

function createIdentities(
  template: RawTemplate,
  options: TemplateOptions,
  resolve: Scope['resolve'],
  fault: Scope['fault'],
): (logicalId: string, at: string) => Identity | undefined {
  const known = new Map<string, Identity | undefined>();
  return (logicalId, at) => {
    const resource = template.Resources[logicalId] as RawResource;
    if (!known.has(logicalId)) {
      // A name that refers to its own resource finds nothing here, and is reported below.
      known.set(logicalId, undefined);
      const property = (name: string): unknown => resolve(resource.Properties?.[name], logicalId);
      known.set(logicalId, identify(resource.Type, { ...options, logicalId, property }));
    }
    const identity = known.get(logicalId);
    if (identity === undefined) {
      fault(`${at}: refers to ${logicalId}, a ${resource.Type}, whose name the local account can't tell`);
    }
    return identity;
  };
}

function resolveValue(value: unknown, at: string, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => scope.resolve(item, at)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  const only = keys.length === 1 ? (keys[0] as string) : '';
  const argument = (value as Record<string, unknown>)[only];
  // An IAM statement's `Condition` is an object; the intrinsic's is a name.
  const isIntrinsic = Object.hasOwn(INTRINSICS, only) && (only !== 'Condition' || typeof argument === 'string');
  if (isIntrinsic) return INTRINSICS[only]?.(argument, at, scope);
  if (only.startsWith('Fn::')) return void scope.fault(`${at}: ${only} is not supported by the local account`);
  const entries = Object.entries(value).map(([key, inner]) => [key, scope.resolve(inner, at)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== NO_VALUE));
}
