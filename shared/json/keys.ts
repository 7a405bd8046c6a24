import type { ByteString } from '../record/byte-string.ts';
import { classesOf, ESCAPE } from './classes.ts';

/**
 * Ids for object keys: the same few names come in every record, so each gets a small number once, and from then on keys
 * are compared, looked up and cached by number. Documents may bring any number of different keys: those beyond the bound,
 * and those that hash where too many others stand, get id 0 and are compared by their text. Room never comes back, so that
 * a key that once got no id never gets one: two keys are the same if and only if their ids are, unless both are 0.
 */

/** Ids are below this. */
export const KEY_IDS = 4096;
const SLOTS = KEY_IDS * 4;
const MOST_PROBES = 8;
const LONGEST = 128;

/** What the scanner reads for itself: a call for each key would cost more than the comparing. */
export interface KeyTable {
  /** Raw bytes of the keys, each with the quote after it, one after the other; and the same to be read four bytes at a time. */
  pool: Uint8Array;
  words: DataView;
  /** By id: where the key's bytes start in the pool; with the quote they end where the next one's start. */
  readonly offsets: Int32Array;
  /** By id: the key that came after it last time; 0 where none did. A guess that saves the hash. */
  readonly successors: Int32Array;
  /** By id: the row of the last member with this key that was read: where to look first. */
  readonly rows: Int32Array;
  /** The tape that those rows are on; the generation changes when another tape takes over. */
  tape: object | undefined;
  generation: number;
}

/** What may be read behind the last key, four bytes at a time. */
const SLACK = 4;
const QUOTE = 0x22;

const pool = new Uint8Array(64 * 1024);

export const keyTable: KeyTable = {
  pool,
  words: new DataView(pool.buffer),
  offsets: new Int32Array(KEY_IDS + 1),
  successors: new Int32Array(KEY_IDS),
  rows: new Int32Array(KEY_IDS),
  tape: undefined,
  generation: 0,
};

/**
 * What the table says of rows is no longer true of documents that were read before: keys were read whose rows are not kept.
 * To those the documents' own keys would seem to be missing.
 */
export function forgetRows(): void {
  keyTable.generation++;
}

const slots = new Int32Array(SLOTS);
/** By id: the key in UTF-16, and the classes of its bytes. */
const names: string[] = [''];
const classes: number[] = [0];

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

function equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
  const { pool, offsets } = keyTable;
  let at = offsets[id]!;
  if (offsets[id + 1]! - at !== end - start + 1) return false;
  for (let i = start; i < end; i++) if (pool[at++] !== bytes[i]) return false;
  return true;
}

/** The id of a key whose bytes hold no escapes; made where there is room for it. */
export function internKey(bytes: Uint8Array, start: number, end: number): number {
  let slot = hashOf(bytes, start, end);
  for (let probe = 0; probe < MOST_PROBES; probe++) {
    const id = slots[slot]!;
    if (id === 0) return end - start > LONGEST ? 0 : add(slot, bytes, start, end);
    if (equals(id, bytes, start, end)) return id;
    slot = (slot + 1) & (SLOTS - 1);
  }
  return 0;
}

function add(slot: number, bytes: Uint8Array, start: number, end: number): number {
  const id = names.length;
  if (id >= KEY_IDS) return 0;
  const raw = Buffer.from(bytes.slice(start, end));
  const offset = keyTable.offsets[id]!;
  const next = offset + raw.length + 1;
  if (next + SLACK > keyTable.pool.length) {
    const larger = new Uint8Array(keyTable.pool.length * 2);
    larger.set(keyTable.pool);
    keyTable.pool = larger;
    keyTable.words = new DataView(larger.buffer);
  }
  keyTable.pool.set(raw, offset);
  keyTable.pool[next - 1] = QUOTE;
  keyTable.offsets[id + 1] = next;
  slots[slot] = id;
  names.push(raw.toString('utf8'));
  classes.push(classesOf(raw.toString('latin1')) & ~ESCAPE);
  return id;
}

/** The id of a key given as text: for paths, and for keys that were written with escapes. */
export function keyIdOf(raw: ByteString, key: string): number {
  const bytes = Buffer.from(raw, 'latin1');
  const id = internKey(bytes, 0, bytes.length);
  // A lone surrogate has no UTF-8 bytes of its own: such a key is compared by its text.
  return id !== 0 && names[id] === key ? id : 0;
}

export function keyName(id: number): string {
  return names[id]!;
}

export function keyClassesOf(id: number): number {
  return classes[id]!;
}
