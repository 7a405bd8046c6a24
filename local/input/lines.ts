/**
 * Cuts bytes into lines: `\n`, `\r\n` and `\r` all end one, in any mixture. A line longer than the limit is never held
 * in memory: it is handed on in pieces.
 */

/** Where a line starts, from 1, and its bytes without the line end. */
export interface Line {
  readonly number: number;
  readonly data: Buffer;
}

/** Why a line is not handed on as a record. */
export type Refusal = 'too-long' | 'cut-off';

/** Takes the pieces of a line that can't become a record, one after the other. */
export interface RefusedLines {
  piece(number: number, bytes: Buffer): Promise<void>;
  end(number: number, why: Refusal): Promise<void>;
}

/** How a row ends: at any line end, or, in CSV, at one outside quotes. */
export type RowRule = 'line' | 'csv';

const LF = 10;
const CR = 13;
const QUOTE = 34;
const COMMA = 44;

export async function* splitLines(
  source: AsyncIterable<Buffer>,
  limit: number,
  refused: RefusedLines,
  rule: RowRule = 'line',
): AsyncGenerator<readonly Line[], void> {
  const nextEnd = rule === 'csv' ? csvEnds() : lineEnds();
  const line = createLine(limit, refused);
  let skipLf = false;
  try {
    for await (const chunk of source) {
      const lines: Line[] = [];
      let from = skipLf && chunk[0] === LF ? 1 : 0;
      skipLf = false;
      for (let end = nextEnd(chunk, from, line.tooLong()); end !== -1; end = nextEnd(chunk, from, line.tooLong())) {
        const whole = line.whole(chunk, from, end) ?? (await line.finish(chunk.subarray(from, end)));
        if (whole !== undefined) lines.push(whole);
        from = end + 1;
        if (chunk[end] === CR && from === chunk.length) skipLf = true;
        else if (chunk[end] === CR && chunk[from] === LF) from += 1;
      }
      if (from < chunk.length) await line.hold(chunk.subarray(from));
      if (lines.length > 0) yield lines;
    }
  } catch (cause) {
    await line.cutOff();
    throw cause;
  }
  const last = line.isOpen() ? await line.finish(Buffer.alloc(0)) : undefined;
  if (last !== undefined) yield [last];
}

/** The line that is being read, over as many chunks as it takes. */
function createLine(limit: number, refused: RefusedLines) {
  let number = 1;
  let held: Buffer[] = [];
  let bytes = 0;
  let spilling = false;

  async function spill(): Promise<void> {
    spilling = true;
    for (const piece of held) await refused.piece(number, piece);
    held = [];
  }

  async function hold(piece: Buffer): Promise<void> {
    if (!spilling && bytes + piece.length > limit) await spill();
    if (spilling) await refused.piece(number, piece);
    else held.push(piece);
    bytes += piece.length;
  }

  async function close(why: Refusal): Promise<Line | undefined> {
    const data = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held);
    const whole = spilling ? undefined : { number, data };
    if (spilling) await refused.end(number, why);
    held = [];
    bytes = 0;
    spilling = false;
    number += 1;
    return whole;
  }

  return {
    hold,
    isOpen: () => bytes > 0,
    tooLong: () => spilling,
    /** The line, where it lies whole in one chunk: the common case, without a copy. */
    whole(chunk: Buffer, from: number, end: number): Line | undefined {
      if (bytes > 0 || end - from > limit) return undefined;
      return { number: number++, data: chunk.subarray(from, end) };
    },
    async finish(piece: Buffer): Promise<Line | undefined> {
      await hold(piece);
      return close('too-long');
    },
    async cutOff(): Promise<void> {
      if (bytes === 0) return;
      await spill();
      await close('cut-off');
    },
  };
}

/** Where the next line ends in the chunk, or -1. `plain`: quotes no longer count, since the line is lost already. */
type NextEnd = (chunk: Buffer, from: number, plain: boolean) => number;

/** Remembers where the next CR is, so that a file without any is scanned for it once. */
function lineEnds(): NextEnd {
  let scanned: Buffer | undefined;
  let cr = -1;
  return (chunk, from) => {
    if (scanned !== chunk || (cr !== -1 && cr < from)) {
      scanned = chunk;
      cr = chunk.indexOf(CR, from);
    }
    const lf = chunk.indexOf(LF, from);
    return lf === -1 || (cr !== -1 && cr < lf) ? cr : lf;
  };
}

type Field = 'start' | 'bare' | 'quoted' | 'quote in quotes';

/** RFC 4180: a quote opens at the start of a field; a doubled one inside stands for itself. */
function csvEnds(): NextEnd {
  let field: Field = 'start';
  return (chunk, from, plain) => {
    if (plain && field === 'quoted') field = 'bare';
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (field !== 'quoted' && (byte === LF || byte === CR)) {
        field = 'start';
        return at;
      }
      field = nextField(field, byte);
    }
    return -1;
  };
}

function nextField(field: Field, byte: number): Field {
  if (field === 'quoted') return byte === QUOTE ? 'quote in quotes' : 'quoted';
  if (byte === COMMA) return 'start';
  if (byte === QUOTE && (field === 'start' || field === 'quote in quotes')) return 'quoted';
  return 'bare';
}
