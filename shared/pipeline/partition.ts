import { classes } from '../json/index.ts';
import type { Document } from '../record/document.ts';
import type { PartitionKeys } from '../record/outcome.ts';
import type { StepCompiler } from '../record/step.ts';
import type { DocumentValue } from './value.ts';

/** What Hive, Glue and Athena take for "no value". */
const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__';

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

/** A place, and the values that said it. */
interface Place {
  readonly one: string | undefined;
  readonly two: string | undefined;
  readonly keys: PartitionKeys;
}

/** So many of the places seen last are remembered. */
const RECENT = 8;

/**
 * The places of one stream are few: the same object says the same place, so that nothing is made anew for most records, and
 * who counts places can do so by identity. One or two keys, which is what most pipelines have, are written out: names that
 * the compiler knows cost a tenth of names it has to look up.
 */
function partitionerOf(names: readonly string[], values: readonly Read[]): Partitioner {
  const recent: Place[] = [];
  let oldest = 0;
  const remember = (one: Place['one'], two: Place['two'], keys: PartitionKeys): PartitionKeys => {
    recent[oldest] = { one: detached(one), two: detached(two), keys };
    oldest = (oldest + 1) % RECENT;
    return keys;
  };
  const [first, second] = names as [string, string];
  const [readFirst, readSecond] = values as [Read, Read];
  if (names.length === 2) {
    return (document) => {
      const one = readFirst(document);
      const two = readSecond(document);
      for (let i = 0; i < recent.length; i++) {
        const place = recent[i]!;
        if (place.one === one && place.two === two) return place.keys;
      }
      return remember(one, two, { [first]: safeForS3(one), [second]: safeForS3(two) });
    };
  }
  if (names.length === 1) {
    return (document) => {
      const one = readFirst(document);
      for (let i = 0; i < recent.length; i++) if (recent[i]!.one === one) return recent[i]!.keys;
      return remember(one, undefined, { [first]: safeForS3(one) });
    };
  }
  return (document) => Object.fromEntries(names.map((name, index) => [name, safeForS3(values[index]!(document))]));
}

/** A copy of what may be a piece of a whole record's text, which V8 would keep with it. */
function detached(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'utf16le').toString('utf16le');
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

const FULL_STOP = 0x2e;

function isSafe(value: string): boolean {
  if (value.length > LONGEST || value.charCodeAt(0) === FULL_STOP) return false;
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
