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
  const values = names.map((name) => partition[name]!.compile(compiler));
  return (document) => {
    const keys: Record<string, string> = {};
    for (let i = 0; i < names.length; i++) keys[names[i]!] = safeForS3(values[i]!(document) ?? DEFAULT_PARTITION);
    return keys;
  };
}

const SAFE = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/;

/**
 * A value as one level of an S3 key: letters, digits, `_`, `-` and `.` stay, anything else (the separators / and = among
 * it) becomes `_`.
 */
export function safeForS3(value: string): string {
  if (SAFE.test(value)) return value;
  return value
    .slice(0, LONGEST)
    .replace(/[^A-Za-z0-9_.-]/g, '_')
    .replace(/^\./, '_');
}

/** Whether two documents go to the same place. */
export function samePartition(one: PartitionKeys, other: PartitionKeys): boolean {
  for (const name in one) if (one[name] !== other[name]) return false;
  return true;
}
