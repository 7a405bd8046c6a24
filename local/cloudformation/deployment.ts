/** Makes a stack what it is asked to be, resource by resource, and takes back what it did when one fails. */
import type { Clock, TemplateResource } from '../account/contracts.ts';
import type { RawTemplate } from '../template/raw.ts';
import { resolveTemplate, type Template } from '../template/read.ts';
import { type Asked, type Change, type Stack, type StackResource, setResource, setStatus } from './stack.ts';

/** Makes, changes and removes resources in the account. Each rejects with what AWS's service would say. */
export interface Provisioner {
  create(resource: TemplateResource, physicalId: string, stack: string): Promise<void>;
  /** `before`: the properties that it has now. */
  update(
    resource: TemplateResource,
    physicalId: string,
    stack: string,
    before: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  remove(resource: TemplateResource, physicalId: string, stack: string): Promise<void>;
}

export interface DeploymentOptions {
  readonly clock: Clock;
  readonly accountId: string;
  readonly region: string;
  readonly endpoint: () => string;
  readonly provisioner: Provisioner;
}

interface Plan {
  readonly asked: Asked;
  readonly template: Template;
  /** In the order of creation. */
  readonly steps: readonly { readonly change: Change; readonly resource: TemplateResource }[];
  /** Gone from the template; last made, first removed. */
  readonly removed: readonly StackResource[];
}

function resolveAsked(stackName: string, { template, parameters }: Asked, options: DeploymentOptions): Template {
  const { accountId, region, endpoint } = options;
  return resolveTemplate(template, { accountId, region, stackName, endpoint: endpoint(), parameters }, stackName);
}

/** What would change. Throws a TemplateError. */
export function planOf(stack: Stack, asked: Asked, options: DeploymentOptions): Plan {
  const template = resolveAsked(stack.name, asked, options);
  const steps = template.resources.flatMap((resource) => {
    const before = stack.resources.get(resource.logicalId);
    const physicalId = template.refs[resource.logicalId] ?? resource.logicalId;
    const { logicalId, type } = resource;
    if (before === undefined) {
      return { resource, change: { action: 'Add' as const, logicalId, type, physicalId: undefined } };
    }
    const isSame = before.type === type && JSON.stringify(before.properties) === JSON.stringify(resource.properties);
    return isSame ? [] : { resource, change: { action: 'Modify' as const, logicalId, type, physicalId } };
  });
  const left = new Set(template.resources.map(({ logicalId }) => logicalId));
  const removed = [...stack.resources.values()].filter(({ logicalId }) => !left.has(logicalId)).reverse();
  return { asked, template, steps, removed };
}

export function changesOf({ steps, removed }: Plan): readonly Change[] {
  const gone = removed.map(({ logicalId, physicalId, type }) => ({
    action: 'Remove' as const,
    logicalId,
    physicalId,
    type,
  }));
  return [...steps.map(({ change }) => change), ...gone];
}

type Verb = 'CREATE' | 'UPDATE';

/** Carries a plan out. Never rejects: the stack's status says how it ended. */
export async function deploy(stack: Stack, asked: Asked, verb: Verb, options: DeploymentOptions): Promise<void> {
  const { clock } = options;
  const undo: (() => Promise<void>)[] = [];
  setStatus(stack, `${verb}_IN_PROGRESS`, clock.now(), 'User Initiated');
  try {
    const plan = planOf(stack, asked, options);
    for (const { change, resource } of orderOf(plan.steps))
      await carryOut(stack, change, resource, plan, options, undo);
    if (plan.removed.length > 0) setStatus(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', clock.now());
    for (const gone of plan.removed) await removeOne(stack, gone, retained(stack.asked?.template, gone), options);
    Object.assign(stack, {
      asked,
      outputs: plan.template.outputs,
      updated: verb === 'UPDATE' ? clock.now() : undefined,
    });
    setStatus(stack, `${verb}_COMPLETE`, clock.now());
  } catch (cause) {
    await rollBack(stack, verb, undo, cause, clock);
  }
}

/** What begins to work by itself comes when everything else is there. */
function orderOf(steps: Plan['steps']): Plan['steps'] {
  const begins = ({ resource: { type } }: Plan['steps'][number]): boolean => BEGINS.has(type);
  return [...steps.filter((step) => !begins(step)), ...steps.filter(begins)];
}

const BEGINS = new Set(['AWS::Lambda::EventSourceMapping', 'AWS::Logs::SubscriptionFilter', 'AWS::Events::Rule']);

async function carryOut(
  stack: Stack,
  { action }: Change,
  resource: TemplateResource,
  plan: Plan,
  options: DeploymentOptions,
  undo: (() => Promise<void>)[],
): Promise<void> {
  const { clock, provisioner } = options;
  const { logicalId, type, properties } = resource;
  const physicalId = plan.template.refs[logicalId] ?? logicalId;
  const before = stack.resources.get(logicalId);
  const of: StackResource = before ?? {
    logicalId,
    type,
    physicalId,
    properties,
    status: '',
    reason: undefined,
    updated: 0,
  };
  const verb = action === 'Add' ? 'CREATE' : 'UPDATE';
  stack.resources.set(logicalId, of);
  setResource(stack, of, `${verb}_IN_PROGRESS`, clock.now());
  try {
    if (before !== undefined && before.physicalId !== physicalId) {
      throw new Error('It would have to be replaced, which the local account does not do: remove the stack first.');
    }
    if (before === undefined) await provisioner.create(resource, physicalId, stack.name);
    else await provisioner.update(resource, physicalId, stack.name, before.properties);
  } catch (cause) {
    setResource(stack, of, `${verb}_FAILED`, clock.now(), messageOf(cause));
    if (before === undefined) stack.resources.delete(logicalId);
    throw new Error(`The following resource(s) failed to ${verb.toLowerCase()}: [${logicalId}].`, { cause });
  }
  const old = before && { logicalId, type, properties: before.properties };
  undo.push(async () => {
    if (old === undefined) {
      // What was made just now goes again, unless its policy is Retain without RetainExceptOnCreate.
      await removeOne(stack, of, policyOf(plan.asked.template, of) === 'Retain', options);
    } else {
      await provisioner.update(old, physicalId, stack.name, properties);
      Object.assign(of, { properties: old.properties });
      setResource(stack, of, 'UPDATE_COMPLETE', clock.now());
    }
  });
  Object.assign(of, { properties, physicalId });
  setResource(stack, of, `${verb}_COMPLETE`, clock.now());
}

async function rollBack(
  stack: Stack,
  verb: Verb,
  undo: readonly (() => Promise<void>)[],
  cause: unknown,
  clock: Clock,
): Promise<void> {
  const word = verb === 'CREATE' ? 'ROLLBACK' : 'UPDATE_ROLLBACK';
  setStatus(stack, `${word}_IN_PROGRESS`, clock.now(), messageOf(cause));
  try {
    for (const step of [...undo].reverse()) await step();
    setStatus(stack, `${word}_COMPLETE`, clock.now());
  } catch (failure) {
    setStatus(stack, `${word}_FAILED`, clock.now(), messageOf(failure));
  }
}

/** Removes everything that isn't to be retained. Never rejects. */
export async function deleteStack(stack: Stack, options: DeploymentOptions): Promise<void> {
  const { clock } = options;
  setStatus(stack, 'DELETE_IN_PROGRESS', clock.now(), 'User Initiated');
  const failed: string[] = [];
  for (const of of removalOrder([...stack.resources.values()])) {
    try {
      await removeOne(stack, of, retained(stack.asked?.template, of), options);
    } catch {
      failed.push(of.logicalId);
    }
  }
  if (failed.length === 0) stack.deleted = clock.now();
  const reason = `The following resource(s) failed to delete: [${failed.join(', ')}].`;
  setStatus(
    stack,
    failed.length === 0 ? 'DELETE_COMPLETE' : 'DELETE_FAILED',
    clock.now(),
    failed.length === 0 ? undefined : reason,
  );
}

/** Last made, first removed; what works by itself before what it works on. */
function removalOrder(resources: readonly StackResource[]): readonly StackResource[] {
  const begins = ({ type }: StackResource): boolean => BEGINS.has(type);
  const reversed = [...resources].reverse();
  return [...reversed.filter(begins), ...reversed.filter((of) => !begins(of))];
}

async function removeOne(stack: Stack, of: StackResource, keep: boolean, options: DeploymentOptions): Promise<void> {
  const { clock, provisioner } = options;
  const { logicalId, type, properties, physicalId } = of;
  if (keep) {
    setResource(stack, of, 'DELETE_SKIPPED', clock.now());
    stack.resources.delete(logicalId);
    return;
  }
  setResource(stack, of, 'DELETE_IN_PROGRESS', clock.now());
  try {
    await provisioner.remove({ logicalId, type, properties }, physicalId, stack.name);
  } catch (cause) {
    setResource(stack, of, 'DELETE_FAILED', clock.now(), messageOf(cause));
    throw cause;
  }
  setResource(stack, of, 'DELETE_COMPLETE', clock.now());
  stack.resources.delete(logicalId);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html */
function retained(template: RawTemplate | undefined, of: StackResource): boolean {
  return ['Retain', 'RetainExceptOnCreate'].includes(policyOf(template, of) ?? '');
}

function policyOf(template: RawTemplate | undefined, { logicalId }: StackResource): string | undefined {
  return template?.Resources[logicalId]?.DeletionPolicy;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
