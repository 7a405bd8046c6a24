import { isRedriven } from '../../record/redriven.ts';
import { type JsonState, jsonEnd, jsonState } from './json-end.ts';
import { type Line, linesOf } from './lines.ts';

/** One thing of an object: a JSON object, or a line of anything else. */
export interface ObjectEntry {
  /** Offset of its first byte in the unpacked object. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** What its JSON text stands for. */
  readonly value?: object;
  /** Ended by a line feed, which is no part of `bytes`: a last line without one may be half a line. */
  readonly ended: boolean;
  readonly tooLong?: boolean;
}

/** A JSON object begins so; a log line in braces does not. */
const JSON_BEGINS = /^\{\s*(?:"|\}|$)/;
/** What a value of several lines may have, in bytes. */
const MOST_PENDING = 1024 * 1024;

/** Lines that may yet make one JSON object. */
interface Pending {
  readonly lines: Line[];
  readonly state: JsonState;
  bytes: number;
}

/**
 * Cuts an object into what was written to it: lines; JSON objects, also several of one line, since records that end without a
 * line feed stand one after the other; and JSON objects of several lines. What broke off stays a line by itself.
 */
export async function* entriesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<ObjectEntry> {
  let pending: Pending | undefined;
  for await (const line of linesOf(body)) {
    if (pending !== undefined) {
      const end = goOn(pending, line);
      if (end === 'more') continue;
      const lines: readonly Line[] = pending.lines;
      pending = undefined;
      if (end !== 'broken') {
        yield end;
        continue;
      }
      yield* lines;
    }
    const { entries, rest } = cut(line);
    yield* entries;
    if (rest !== undefined) pending = begin(rest);
    if (rest !== undefined && pending === undefined) yield rest;
  }
  if (pending !== undefined) yield* pending.lines;
}

/** What a line holds, and what of it begins a JSON object that it does not end. */
function cut(line: Line): { readonly entries: readonly ObjectEntry[]; readonly rest?: Line } {
  const { offset, bytes, ended } = line;
  if (line.tooLong) return { entries: [line] };
  const head = bytes.toString('latin1', 0, 64);
  // What the replayer wrote before a record that it put back: the record follows.
  if (isBlank(bytes) || isRedriven(head)) return { entries: [] };
  if (!JSON_BEGINS.test(head)) return { entries: [line] };
  const value = parsed(bytes);
  if (value !== undefined) return { entries: [{ offset, bytes, value, ended }] };
  return several(line);
}

function several(line: Line): { readonly entries: readonly ObjectEntry[]; readonly rest?: Line } {
  const { offset, bytes } = line;
  const entries: ObjectEntry[] = [];
  let from = 0;
  for (let to = jsonEnd(bytes, 0, jsonState()); to >= 0; to = jsonEnd(bytes, from, jsonState())) {
    const text = bytes.subarray(from, to);
    const value = parsed(text);
    if (value === undefined) return { entries: [line] };
    entries.push({ offset: offset + from, bytes: text, value, ended: false });
    from = to;
    while (from < bytes.length && isSpace(bytes[from]!)) from += 1;
    if (from === bytes.length) return { entries };
    if (bytes[from] !== 0x7b) return { entries: [line] };
  }
  return { entries, rest: { ...line, offset: offset + from, bytes: bytes.subarray(from) } };
}

/** Undefined where the line can't go on: it ends within a string, or the object ends with it. */
function begin(line: Line): Pending | undefined {
  const state = jsonState();
  jsonEnd(line.bytes, 0, state);
  return line.ended && !state.inString ? { lines: [line], state, bytes: line.bytes.length } : undefined;
}

/** Adds a line to what is pending: the object that it ends, or whether more is to come. */
function goOn(pending: Pending, line: Line): ObjectEntry | 'more' | 'broken' {
  const { lines, state } = pending;
  pending.bytes += line.bytes.length + 1;
  if (line.tooLong || pending.bytes > MOST_PENDING) return 'broken';
  if (line.bytes[0] === 0x7b && parsed(line.bytes) !== undefined) return 'broken';
  const end = jsonEnd(line.bytes, 0, state);
  if (end < 0) {
    if (state.inString || !line.ended) return 'broken';
    lines.push(line);
    return 'more';
  }
  const bytes = Buffer.concat([...lines, line].flatMap((each) => [each.bytes, LINE_FEED])).subarray(0, -1);
  const value = isBlank(line.bytes.subarray(end)) ? parsed(bytes) : undefined;
  return value === undefined ? 'broken' : { offset: lines[0]!.offset, bytes, value, ended: line.ended };
}

const LINE_FEED = Buffer.from('\n');

function parsed(bytes: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every(isSpace);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
