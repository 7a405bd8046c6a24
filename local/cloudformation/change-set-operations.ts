/** Change sets: what an update would do, told before it is done. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../gateway/aws-error.ts';
import type { QueryInput, QueryServiceOptions } from '../gateway/query-service.ts';
import { TemplateError } from '../template/read.ts';
import { readAsked, validationError } from './asked.ts';
import { changesOf, deploy, planOf } from './deployment.ts';
import { type Asked, type Change, type ChangeSet, createStack, type Stack } from './stack.ts';
import { assertStill, checkName } from './stack-operations.ts';
import type { Stacks } from './stacks.ts';

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

export function changeSetOperations(stacks: Stacks): QueryServiceOptions['operations'] {
  const { options, all } = stacks;
  const { clock, objects } = options;

  function findSet(input: QueryInput): { stack: Stack; changeSet: ChangeSet } {
    const name = String(input.ChangeSetName);
    const candidates = input.StackName === undefined ? all : [stacks.find(input)];
    for (const stack of candidates) {
      for (const changeSet of stack.changeSets.values()) {
        if (changeSet.name === name || changeSet.id === name) return { stack, changeSet };
      }
    }
    throw new AwsError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, { status: 404 });
  }

  function stackFor(input: QueryInput): Stack {
    const name = String(input.StackName ?? '');
    const found = stacks.existing(name);
    if (input.ChangeSetType !== 'CREATE') {
      if (found === undefined) throw validationError(`Stack [${name}] does not exist`);
      return found;
    }
    if (found !== undefined && found.status !== 'REVIEW_IN_PROGRESS') {
      throw validationError(
        `Stack [${name}] already exists and cannot be created again with the changeSet [${String(input.ChangeSetName)}].`,
      );
    }
    checkName(name);
    const made = found ?? createStack(name, { ...options, now: clock.now() });
    if (found === undefined) all.push(made);
    return made;
  }

  function prepare(stack: Stack, name: string, asked: Asked): ChangeSet {
    const type = stack.asked === undefined ? 'CREATE' : 'UPDATE';
    const { changes, reason } = foresee(stack, asked, stacks);
    return {
      id: `arn:aws:cloudformation:${options.region}:${options.accountId}:changeSet/${name}/${randomUUID()}`,
      name,
      type,
      asked,
      changes,
      created: clock.now(),
      status: reason === undefined ? 'CREATE_COMPLETE' : 'FAILED',
      execution: reason === undefined ? 'AVAILABLE' : 'UNAVAILABLE',
      reason,
    };
  }

  return {
    async CreateChangeSet(input) {
      const stack = stackFor(input);
      assertStill(stack);
      const name = String(input.ChangeSetName ?? '');
      if (stack.changeSets.has(name)) throw new AwsError('AlreadyExistsException', `ChangeSet ${name} already exists`);
      const changeSet = prepare(stack, name, await readAsked(input, objects, stack));
      stack.changeSets.set(name, changeSet);
      return { Id: changeSet.id, StackId: stack.id };
    },
    DescribeChangeSet(input) {
      const { stack, changeSet } = findSet(input);
      return {
        ChangeSetName: changeSet.name,
        ChangeSetId: changeSet.id,
        StackId: stack.id,
        StackName: stack.name,
        CreationTime: new Date(changeSet.created).toISOString(),
        ExecutionStatus: changeSet.execution,
        Status: changeSet.status,
        ...(changeSet.reason !== undefined && { StatusReason: changeSet.reason }),
        Changes: changeSet.changes.map(describeChange),
      };
    },
    ListChangeSets(input) {
      const stack = stacks.find(input);
      return {
        Summaries: [...stack.changeSets.values()].map(({ id, name, status, execution }) => ({
          StackId: stack.id,
          StackName: stack.name,
          ChangeSetId: id,
          ChangeSetName: name,
          Status: status,
          ExecutionStatus: execution,
        })),
      };
    },
    ExecuteChangeSet(input) {
      const { stack, changeSet } = findSet(input);
      if (changeSet.execution !== 'AVAILABLE') {
        const message = `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`;
        throw new AwsError('InvalidChangeSetStatus', message);
      }
      assertStill(stack);
      changeSet.execution = 'EXECUTE_COMPLETE';
      stack.changeSets.clear();
      stacks.begin(deploy(stack, changeSet.asked, changeSet.type, options));
      return {};
    },
    DeleteChangeSet(input) {
      const stack = stacks.existing(String(input.StackName ?? ''));
      for (const [name, { id }] of stack?.changeSets ?? []) {
        if (name === input.ChangeSetName || id === input.ChangeSetName) stack?.changeSets.delete(name);
      }
      return {};
    },
  };
}

/** The changes, or why there can be none. */
function foresee(stack: Stack, asked: Asked, { options }: Stacks): { changes: readonly Change[]; reason?: string } {
  try {
    const changes = changesOf(planOf(stack, asked, options));
    const same = JSON.stringify(asked.template.Outputs) === JSON.stringify(stack.asked?.template.Outputs);
    return changes.length === 0 && same ? { changes, reason: NO_CHANGES } : { changes };
  } catch (cause) {
    if (cause instanceof TemplateError) return { changes: [], reason: cause.message };
    throw cause;
  }
}

function describeChange({ action, logicalId, physicalId, type }: Change) {
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: action,
      LogicalResourceId: logicalId,
      ...(physicalId !== undefined && { PhysicalResourceId: physicalId }),
      ResourceType: type,
      ...(action === 'Modify' && { Replacement: 'False' }),
    },
  };
}
