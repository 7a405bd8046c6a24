import type { Entry } from '../generator/records.ts';
import { DamagedInput } from './gunzip.ts';
import { type RefusedLines, type RowRule, splitLines } from './lines.ts';
import type { OpenInput } from './open.ts';

export interface InputRecords {
  /** The records, in batches. Ends early, without throwing, where the input is damaged: see `damage`. */
  batches(): AsyncGenerator<readonly Entry[], void>;
  readonly figures: InputFigures;
}

export interface InputFigures {
  /** Lines that became records. */
  records: number;
  /** Lines with nothing on them: no records. */
  blank: number;
  /** What is wrong with the input, where it broke off. */
  damage: string | undefined;
  /** The first few records, to be shown. */
  readonly first: Buffer[];
}

const SHOWN = 3;
/** Longest of the keys below. */
const KEY_BYTES = 16;

/**
 * One record a line. `mostBytes` is what the stream takes of data and key together. The keys spread records over the
 * shards; lines have no order to keep.
 */
export function inputRecords(
  input: OpenInput,
  { rows, mostBytes, refused }: { rows: RowRule; mostBytes: number; refused: RefusedLines },
): InputRecords {
  const figures: InputFigures = { records: 0, blank: 0, damage: undefined, first: [] };
  async function* batches(): AsyncGenerator<readonly Entry[], void> {
    try {
      for await (const lines of splitLines(input.content(), mostBytes - KEY_BYTES, refused, rows)) {
        const entries: Entry[] = [];
        for (const { number, data } of lines) {
          if (isBlank(data)) figures.blank += 1;
          else entries.push({ data, partitionKey: `line-${number}`.slice(0, KEY_BYTES) });
        }
        figures.records += entries.length;
        if (figures.first.length < SHOWN) figures.first.push(...copies(entries, SHOWN - figures.first.length));
        yield entries;
      }
    } catch (cause) {
      if (!(cause instanceof DamagedInput)) throw cause;
      figures.damage = cause.message;
    }
  }
  return { batches, figures };
}

function copies(entries: readonly Entry[], most: number): Buffer[] {
  return entries.slice(0, most).map(({ data }) => Buffer.from(data));
}

function isBlank(data: Buffer): boolean {
  for (const byte of data) if (byte !== 0x20 && byte !== 0x09) return false;
  return true;
}
