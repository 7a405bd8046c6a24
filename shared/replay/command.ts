import { setting } from '../platform/settings.ts';
import type { Summary } from './summary.ts';

/** Where dead letters lie. */
type Source =
  | { readonly kind: 'objects'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'queue'; readonly url: string };

/** Where records are put. */
export type Target =
  | { readonly kind: 'origin' }
  | { readonly kind: 'stream'; readonly stream: string }
  | { readonly kind: 'delivery-stream'; readonly deliveryStream: string }
  | { readonly kind: 'function'; readonly functionName: string };

/**
 * What becomes of a source object whose every record is confirmed: without it, dead letters are removed, backups tagged.
 * Messages of a queue are always deleted.
 */
export type Settle = 'remove' | 'tag';

/** What a replay was asked for, read and checked. */
export interface ReplayCommand {
  readonly source: Source;
  /** Only records that arrived in [since, until), epoch milliseconds; where that is not told, those of objects and messages made then. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly errorCode: string | undefined;
  /** Only records whose JSON has these values at these dot paths. */
  readonly match: Readonly<Record<string, unknown>> | undefined;
  readonly to: Target;
  readonly dryRun: boolean;
  readonly ratePerSecond: number | undefined;
  readonly limit: number | undefined;
  readonly maxAttempts: number;
  readonly settle: Settle | undefined;
  /** Set by the replayer itself when it goes on in another invocation. */
  readonly continuation: Continuation | undefined;
}

export interface Continuation {
  /** Objects up to this key are done. */
  readonly after: string | undefined;
  readonly startedAt: number;
  readonly runs: number;
  readonly summary: Summary;
}

/** A command that can't be carried out: every fault in it, in one message. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const MAX_ATTEMPTS = 3;

const FIELDS = [
  'source',
  'since',
  'until',
  'errorCode',
  'match',
  'to',
  'dryRun',
  'ratePerSecond',
  'limit',
  'maxAttempts',
  'settle',
  'continuation',
];

const SHAPE = `source must be "s3://bucket/prefix", "errors" (the prefix of the setting ERRORS), "queue" (DEAD_LETTER_QUEUE_URL), a queue's URL or its ARN`;

/** Reads the JSON that the function was invoked with. Throws a CommandError that names every fault. */
export function readCommand(value: unknown): ReplayCommand {
  const faults: string[] = [];
  const input = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(input).filter((name) => !FIELDS.includes(name));
  if (unknown.length > 0) faults.push(`unknown fields: ${unknown.join(', ')} (known: ${FIELDS.join(', ')})`);
  const command = {
    source: sourceOf(input.source, faults),
    since: timeOf('since', input.since, faults),
    until: timeOf('until', input.until, faults),
    errorCode: textOf('errorCode', input.errorCode, faults),
    match: matchOf(input.match, faults),
    to: targetOf(input.to, faults),
    dryRun: flagOf('dryRun', input.dryRun, faults),
    ratePerSecond: numberOf('ratePerSecond', input.ratePerSecond, faults),
    limit: numberOf('limit', input.limit, faults),
    maxAttempts: numberOf('maxAttempts', input.maxAttempts, faults) ?? MAX_ATTEMPTS,
    settle: settleOf(input.settle, faults),
    continuation: input.continuation as Continuation | undefined,
  };
  if (faults.length > 0 || command.source === undefined) throw new CommandError(`Can't replay: ${faults.join('; ')}.`);
  return { ...command, source: command.source };
}

/** What is done with dead letters that come by themselves, in messages or as objects. */
export function unasked(): ReplayCommand {
  return readCommand({ source: 's3://event/' });
}

function sourceOf(value: unknown, faults: string[]): Source | undefined {
  const text = value === 'errors' ? errorsSource(faults) : value === 'queue' ? setting('DEAD_LETTER_QUEUE_URL') : value;
  if (typeof text !== 'string') {
    faults.push(text === undefined && value === 'queue' ? 'the setting DEAD_LETTER_QUEUE_URL is missing' : SHAPE);
    return undefined;
  }
  const object = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(text);
  if (object !== null) return { kind: 'objects', bucket: object[1] ?? '', prefix: object[2] ?? '' };
  const arn = /^arn:[^:]+:sqs:([^:]+):(\d+):(.+)$/.exec(text);
  const known = setting('DEAD_LETTER_QUEUE_URL');
  if (arn !== null && known?.endsWith(`/${arn[2]}/${arn[3]}`)) return { kind: 'queue', url: known };
  if (arn !== null) return { kind: 'queue', url: `https://sqs.${arn[1]}.amazonaws.com/${arn[2]}/${arn[3]}` };
  if (/^https?:\/\//.test(text)) return { kind: 'queue', url: text };
  faults.push(SHAPE);
  return undefined;
}

/** `s3://bucket/prefix`, where Firehose puts what it could not deliver. */
function errorsSource(faults: string[]): string | undefined {
  const bucket = setting('ERROR_BUCKET');
  const errors = setting('ERRORS') ?? (bucket === undefined ? undefined : `s3://${bucket}/`);
  if (errors === undefined) faults.push('the setting ERRORS is missing');
  return errors;
}

function targetOf(value: unknown, faults: string[]): Target {
  if (value === undefined) return { kind: 'origin' };
  const to = value as Readonly<Record<string, unknown>> | null;
  if (typeof to?.stream === 'string') return { kind: 'stream', stream: to.stream };
  if (typeof to?.deliveryStream === 'string') return { kind: 'delivery-stream', deliveryStream: to.deliveryStream };
  if (typeof to?.function === 'string') return { kind: 'function', functionName: to.function };
  faults.push('to must be {"stream": name}, {"deliveryStream": name} or {"function": name}');
  return { kind: 'origin' };
}

function timeOf(name: string, value: unknown, faults: string[]): number | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isFinite(time)) faults.push(`${name} must be a time in ISO 8601, as 2026-01-31T12:00:00Z`);
  return time;
}

function textOf(name: string, value: unknown, faults: string[]): string | undefined {
  if (value !== undefined && typeof value !== 'string') faults.push(`${name} must be text`);
  return typeof value === 'string' ? value : undefined;
}

function matchOf(value: unknown, faults: string[]): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push('match must be an object of paths and values, as {"user.id": "u-1"}');
    return undefined;
  }
  return value as Readonly<Record<string, unknown>>;
}

function flagOf(name: string, value: unknown, faults: string[]): boolean {
  if (value !== undefined && typeof value !== 'boolean') faults.push(`${name} must be true or false`);
  return value === true;
}

function numberOf(name: string, value: unknown, faults: string[]): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value))
    faults.push(`${name} must be a number above 0`);
  return Number(value);
}

function settleOf(value: unknown, faults: string[]): Settle | undefined {
  if (value === undefined || value === 'remove' || value === 'tag') return value;
  faults.push('settle must be "remove" or "tag"');
  return undefined;
}
