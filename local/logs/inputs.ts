/** What several operations take, and how they find what they name. */
import { AwsError } from '../gateway/aws-error.ts';
import { type Field, input, integer, optional, text } from '../gateway/shape.ts';
import type { LogGroup, LogStore, LogStream } from './log-store.ts';

export const groupName = text({ min: 1, max: 512, pattern: '[\\.\\-_/#A-Za-z0-9]+' });
export const streamName = text({ min: 1, max: 512, pattern: '[^:*]*' });
export const page = optional(integer({ min: 1, max: 50 }));
export const token = optional(text({ min: 1 }));

/** A log group is named, or identified by its name or ARN. */
export const groupRef = {
  logGroupName: optional(groupName),
  logGroupIdentifier: optional(text({ min: 1, max: 2048 })),
};

/** As the gateway's `input`; CloudWatch Logs has a word of its own for what is wrong. */
export function readInput<F extends Readonly<Record<string, Field<unknown>>>>(
  fields: F,
): (value: unknown) => ReturnType<ReturnType<typeof input<F>>> {
  const read = input(fields);
  return (value) => {
    try {
      return read(value);
    } catch (cause) {
      if (!(cause instanceof AwsError) || cause.code !== 'ValidationException') throw cause;
      throw new AwsError('InvalidParameterException', cause.message);
    }
  };
}

export function findGroup(
  store: LogStore,
  ref: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
): LogGroup {
  const identifier = ref.logGroupIdentifier ?? ref.logGroupName;
  if (identifier === undefined) throw invalid('Either logGroupName or logGroupIdentifier must be given.');
  const name = identifier.startsWith('arn:') ? groupOfArn(identifier) : identifier;
  return store.groups.get(name) ?? fail('The specified log group does not exist.');
}

/** `arn:aws:logs:region:account:log-group:NAME[:*]` */
export function groupOfArn(arn: string): string {
  return arn.split(':').slice(6).join(':').replace(/:\*$/, '');
}

export function findStream(group: LogGroup, name: string): LogStream {
  return group.streams.get(name) ?? fail('The specified log stream does not exist.');
}

function fail(message: string): never {
  throw new AwsError('ResourceNotFoundException', message);
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function exists(what: string): AwsError {
  return new AwsError('ResourceAlreadyExistsException', `The specified ${what} already exists`);
}

/** One page of a list; the token is where the next begins. */
export function pageOf<T>(
  items: readonly T[],
  limit: number,
  nextToken: string | undefined,
): { items: readonly T[]; nextToken: string | undefined } {
  const from = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isSafeInteger(from) || from < 0) throw invalid('The specified nextToken is invalid.');
  const to = from + limit;
  return { items: items.slice(from, to), nextToken: to < items.length ? String(to) : undefined };
}
