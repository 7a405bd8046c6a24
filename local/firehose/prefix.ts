/**
 * Prefixes of S3 objects and their expressions `!{namespace:value}`.
 * https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 */
import { randomUUID } from 'node:crypto';
import { invalidArgument } from './errors.ts';
import { compileTimePattern, type TimeFormat, type ZonedTime } from './java-time.ts';

export type ErrorOutputType =
  | 'processing-failed'
  | 'partitioning-failed'
  | 'format-conversion-failed'
  | 'decompression-failed'
  | 'http-endpoint-failed';

/** Partition keys that a transform gave one record. */
export type PartitionKeys = Readonly<Record<string, string>>;

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'time'; readonly format: TimeFormat }
  | { readonly kind: 'random' }
  | { readonly kind: 'error-type' }
  | { readonly kind: 'lambda-key' | 'query-key'; readonly name: string };

export interface Prefix {
  readonly parts: readonly Part[];
  /** Names that `partitionKeyFromLambda` asks for, each once. */
  readonly lambdaKeys: readonly string[];
  readonly queryKeys: readonly string[];
  readonly hasExpressions: boolean;
}

/** After evaluation, without the time that is appended. */
const LONGEST = 512;
const DEFAULT_TIME: Part = { kind: 'time', format: compileTimePattern('yyyy/MM/dd/HH/') };
const LATE: ZonedTime = { epochMs: 0, local: new Date(Date.UTC(8888, 11, 31, 23, 59, 59)), offsetMinutes: 0 };

/** Reads a prefix. Throws InvalidArgumentException in AWS's words. */
export function compilePrefix(text: string, property: 'Prefix' | 'ErrorOutputPrefix'): Prefix {
  const parts = split(text, property);
  const names = (kind: Part['kind']): string[] => [
    ...new Set(parts.flatMap((part) => (part.kind === kind && 'name' in part ? [part.name] : []))),
  ];
  const prefix: Prefix = {
    parts,
    lambdaKeys: names('lambda-key'),
    queryKeys: names('query-key'),
    hasExpressions: parts.some((part) => part.kind !== 'literal'),
  };
  if (property === 'Prefix') checkPrefix(prefix);
  else checkErrorPrefix(prefix);
  if (evaluatePrefix(prefix, { time: LATE, errorType: 'processing-failed' }).length > LONGEST) {
    throw invalidArgument('Length of evaluated prefix cannot be greater than 512');
  }
  return prefix;
}

function checkPrefix(prefix: Prefix): void {
  if (prefix.parts.some((part) => part.kind === 'error-type')) {
    throw invalidArgument('Prefix must not contain any occurrence of !{firehose:error-output-type}');
  }
}

function checkErrorPrefix(prefix: Prefix): void {
  if (prefix.lambdaKeys.length + prefix.queryKeys.length > 0) {
    throw invalidArgument("Dynamic Partitioning Namespaces can't be part of an error prefix expression");
  }
  if (prefix.hasExpressions && !prefix.parts.some((part) => part.kind === 'error-type')) {
    throw invalidArgument('ErrorOutputPrefix must contain at least one occurrence of !{firehose:error-output-type}');
  }
}

function split(text: string, property: string): Part[] {
  const parts: Part[] = [];
  let rest = text;
  for (;;) {
    const start = rest.indexOf('!{');
    const literal = start === -1 ? rest : rest.slice(0, start);
    if (literal !== '') parts.push({ kind: 'literal', text: literal });
    if (start === -1) return parts;
    const expression = /^!\{([^{}:]*):([^{}]*)\}/.exec(rest.slice(start));
    if (expression === null) throw invalidArgument(`Invalid expression usage in ${property}`);
    parts.push(expressionPart(expression[1] as string, expression[2] as string, property));
    rest = rest.slice(start + expression[0].length);
  }
}

function expressionPart(namespace: string, value: string, property: string): Part {
  if (namespace === 'firehose' && value === 'random-string') return { kind: 'random' };
  if (namespace === 'firehose' && value === 'error-output-type') return { kind: 'error-type' };
  if (namespace === 'timestamp') {
    try {
      return { kind: 'time', format: compileTimePattern(value) };
    } catch {
      throw invalidArgument(badValue(property));
    }
  }
  if (namespace === 'firehose' || value === '') throw invalidArgument(badValue(property));
  if (namespace === 'partitionKeyFromLambda') return { kind: 'lambda-key', name: value };
  if (namespace === 'partitionKeyFromQuery') return { kind: 'query-key', name: value };
  throw invalidArgument(`Namespace to the left of colon (${namespace}) is an invalid keyword!`);
}

function badValue(property: string): string {
  return `Invalid conversion character used in the value of the expression in ${property}`;
}

/** The prefix of delivered objects: the hour is appended where no expression tells the time. */
export function withDefaultTime(prefix: Prefix): Prefix {
  if (prefix.parts.some((part) => part.kind === 'time')) return prefix;
  return { ...prefix, parts: [...prefix.parts, DEFAULT_TIME] };
}

/** Where failures go when no ErrorOutputPrefix is given: the prefix, the kind of failure, the hour. */
export function defaultErrorPrefix(prefix: Prefix): Prefix {
  const slash: Part = { kind: 'literal', text: '/' };
  return { ...prefix, parts: [...prefix.parts, { kind: 'error-type' }, slash, DEFAULT_TIME] };
}

export interface PrefixValues {
  /** Arrival of the oldest record in the object, in the destination's zone. */
  readonly time: ZonedTime;
  readonly errorType?: ErrorOutputType;
  readonly keys?: PartitionKeys;
}

export function evaluatePrefix(prefix: Prefix, values: PrefixValues): string {
  return prefix.parts.map((part) => evaluate(part, values)).join('');
}

function evaluate(part: Part, values: PrefixValues): string {
  switch (part.kind) {
    case 'literal':
      return part.text;
    case 'time':
      return part.format(values.time);
    case 'random':
      return randomUUID().slice(0, 11);
    case 'error-type':
      return values.errorType ?? '';
    default:
      return values.keys?.[part.name] ?? '';
  }
}

/** Whether the prefix these keys give is too long for AWS. */
export function isTooLong(prefix: Prefix, keys: PartitionKeys): boolean {
  return evaluatePrefix(prefix, { time: LATE, keys }).length > LONGEST;
}
