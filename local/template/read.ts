/**
 * Reads the CloudFormation template that `sls package` compiles, as CloudFormation would: parameters' defaults,
 * conditions, intrinsic functions, order of creation. What refers to something that isn't there stops the account,
 * with every fault named at once, so that a wiring mistake shows before the first record flows.
 */
import { readFileSync } from 'node:fs';
import type { TemplateResource } from '../account/contracts.ts';
import { isIdentified } from './identity.ts';
import { orderOf, resourceReferences } from './order.ts';
import type { RawResource, RawTemplate, TemplateOptions } from './raw.ts';
import { createResolver, type Resolver } from './resolve.ts';

export interface Template {
  /** In the order of creation: what a resource refers to, or depends on, comes before it. */
  readonly resources: readonly TemplateResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What a Ref of each resource gives. */
  readonly refs: Readonly<Record<string, string>>;
  /** Resources of a type that the local account doesn't know, and leaves out. */
  readonly warnings: readonly string[];
}

/** The template can't be used: what is wrong in it, each fault naming its logical id. */
export class TemplateError extends Error {
  readonly faults: readonly string[];
  constructor(path: string, faults: readonly string[]) {
    super(`${path} can't be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'TemplateError';
    this.faults = faults;
  }
}

export function readTemplate(path: string, options: TemplateOptions): Template {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new TemplateError(path, [`no compiled template there (${code}): run \`npx sls package\` first`]);
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new TemplateError(path, ['not JSON: it was cut short, or is not a compiled template']);
  }
  return resolveTemplate(raw as RawTemplate, options, path);
}

export function resolveTemplate(raw: RawTemplate, options: TemplateOptions, path = 'template'): Template {
  if (typeof raw?.Resources !== 'object' || raw.Resources === null) {
    throw new TemplateError(path, ['it has no Resources']);
  }
  const faults: string[] = [];
  const resolver = createResolver(raw, options, (fault) => faults.push(fault));
  const live: Record<string, RawResource> = {};
  for (const [id, resource] of Object.entries(raw.Resources)) {
    if (typeof resource?.Type !== 'string') faults.push(`${id}: it has no Type`);
    else if (resolver.exists(id)) live[id] = resource;
  }
  const order = orderOf(live, (id) => resourceReferences(live[id] as RawResource, live), faults);
  const warnings: string[] = [];
  const resources: TemplateResource[] = [];
  const refs: Record<string, string> = {};
  for (const id of order) {
    const { Type: type, Properties } = live[id] as RawResource;
    if (!isIdentified(type)) warnings.push(`${id}: the local account has no ${type}, and leaves it out`);
    else refs[id] = resolver.ref(id, id);
    const properties = resolver.resolve(Properties ?? {}, id) as Record<string, unknown>;
    resources.push({ logicalId: id, type, properties });
  }
  const outputs = readOutputs(raw, resolver);
  if (faults.length > 0) throw new TemplateError(path, [...new Set(faults)]);
  return { resources, outputs, refs, warnings };
}

function readOutputs(raw: RawTemplate, resolver: Resolver): Record<string, unknown> {
  const outputs: Record<string, unknown> = {};
  for (const [name, output] of Object.entries(raw.Outputs ?? {})) {
    if (output.Condition === undefined || resolver.condition(output.Condition, `Outputs.${name}`)) {
      outputs[name] = resolver.resolve(output.Value, `Outputs.${name}`);
    }
  }
  return outputs;
}
