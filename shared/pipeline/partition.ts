import { classes } from '../json/index.ts';
import type { Document } from '../record/document.ts';
import type { PartitionKeys } from '../record/outcome.ts';
import type { StepCompiler } from '../record/step.ts';
import type { DocumentValue } from './value.ts';

/** What Hive, Glue and Athena take for "no value". */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/** A prefix may have 512 characters when Firehose has put the keys in (aws-contracts: Firehose to S3), so that no key may take all. */
const LONGEST = 128;

export type Partitioner = (document: Document) => PartitionKeys;

/** Compiles a pipeline's `partition`. */
export function compilePartition(
  partition: Readonly<Record<string, DocumentValue>>,
  compiler: StepCompiler,
): Partitioner {
  const names = Object.keys(partition);
  for (const name of names) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name))
      compiler.fault(`partition key ${JSON.stringify(name)}: letters, digits and _ only`);
  }
  return partitionerOf(
    names,
    names.map((name) => partition[name]!.compile(compiler)),
  );
}

type Read = (document: Document) => string | undefined;

/** One or two keys, which is what most pipelines have, are written out: an object of known shape is made ten times faster. */
function partitionerOf(names: readonly string[], values: readonly Read[]): Partitioner {
  const [first, second] = names as [string, string];
  const [readFirst, readSecond] = values as [Read, Read];
  if (names.length === 1) return (document) => ({ [first]: safeForS3(readFirst(document)) });
  if (names.length === 2) {
    return (document) => ({ [first]: safeForS3(readFirst(document)), [second]: safeForS3(readSecond(document)) });
  }
  return (document) => {
    const keys: Record<string, string> = {};
    for (let i = 0; i < names.length; i++) keys[names[i]!] = safeForS3(values[i]!(document));
    return keys;
  };
}

const { DIGIT, UPPER, LOWER, UNDERSCORE, HYPHEN, DOT } = classes;
const SAFE = DIGIT | UPPER | LOWER | UNDERSCORE | HYPHEN | DOT;

/**
 * A value as one level of an S3 key: letters, digits, `_`, `-` and `.` stay, anything else (the separators / and = among
 * it) becomes `_`, and so does a dot in front. No value: DEFAULT_PARTITION.
 */
export function safeForS3(value: string | undefined): string {
  if (value === undefined || value === '') return DEFAULT_PARTITION;
  if (isSafe(value)) return value;
  return value
    .slice(0, LONGEST)
    .replace(/[^A-Za-z0-9_.-]/g, '_')
    .replace(/^\./, '_');
}

function isSafe(value: string): boolean {
  if (value.length > LONGEST || value.startsWith('.')) return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 0x7f || (classes.CLASS_OF[code]! & ~SAFE) !== 0) return false;
  }
  return true;
}

/** Whether two documents go to the same place. */
export function samePartition(one: PartitionKeys, other: PartitionKeys): boolean {
  for (const name in one) if (one[name] !== other[name]) return false;
  return true;
}
