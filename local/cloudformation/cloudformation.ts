/**
 * CloudFormation: stacks of templates, made in the account by the same code that makes the account's own.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html
 */
import type { AwsService, Worker } from '../account/contracts.ts';
import { awsQueryService } from '../gateway/query-service.ts';
import { validationError } from './asked.ts';
import { changeSetOperations } from './change-set-operations.ts';
import type { Stack } from './stack.ts';
import { stackOperations } from './stack-operations.ts';
import type { CloudFormationOptions, Stacks } from './stacks.ts';

export interface LocalCloudFormation extends AwsService, Worker {
  stacks(): readonly Stack[];
}

export function createCloudFormation(options: CloudFormationOptions): LocalCloudFormation {
  const all: Stack[] = [];
  const working = new Set<Promise<void>>();

  const existing = (name: string): Stack | undefined =>
    all.find((stack) => stack.deleted === undefined && (stack.name === name || stack.id === name));

  const stacks: Stacks = {
    options,
    all,
    existing,
    find({ StackName }) {
      const name = String(StackName ?? '');
      const stack = existing(name) ?? all.find(({ id }) => id === name);
      if (stack === undefined) throw validationError(`Stack with id ${name} does not exist`);
      return stack;
    },
    begin(work) {
      const ended = work.finally(() => working.delete(ended));
      working.add(ended);
    },
  };

  const service = awsQueryService({
    names: ['cloudformation'],
    namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    operations: { ...stackOperations(stacks), ...changeSetOperations(stacks) },
    maxBodyBytes: 4 * 1024 * 1024,
  });

  return {
    ...service,
    stacks: () => all,
    idle: () => working.size === 0,
    async stop() {
      await Promise.all(working);
    },
  };
}
