/**
 * Where an object's file lies: under its own key, so that a person finds it and DuckDB's globs do; only what a file
 * system can't hold is percent-escaped. `%` itself is escaped, so a name with a bare `%` is this module's own.
 */
import { createHash } from 'node:crypto';

/** Characters that some file system refuses, and `%`. */
const UNSAFE = /[\x00-\x1f\x7f%\\:*?"<>|]/g;
/** Windows drops a name's trailing dots and spaces; `.` and `..` are not names. */
const TRAILING = /[. ]$/;
const LONGEST_NAME = 200;
const LONGEST_PATH = 700;

/** A relative path with `/`, never leaving its folder. */
export function pathOfKey(key: string): string {
  const names = key.split('/').map(nameOf);
  const fits = names.every((name) => Buffer.byteLength(name) <= LONGEST_NAME);
  const path = names.join('/');
  if (fits && Buffer.byteLength(path) <= LONGEST_PATH) return path;
  return `%long/${createHash('sha256').update(key).digest('hex')}`;
}

function nameOf(part: string): string {
  if (part === '') return '%empty';
  return part.replace(UNSAFE, escapeChar).replace(TRAILING, escapeChar).toWellFormed();
}

function escapeChar(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** A key's `turn`th place, when its own is taken: by a folder, or by a key that differs in case alone. */
export function alternativePath(path: string, turn: number): string {
  return turn === 0 ? path : `${path}%again${turn}`;
}

/** What makes two paths the same file on a file system that ignores case and composition. */
export function foldPath(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** The key that a path stands for; `undefined` when only the index knows it. */
export function keyOfPath(path: string): string | undefined {
  if (path.startsWith('%long/') || /%again\d+$/.test(path)) return undefined;
  const names = path.split('/').map((name) => (name === '%empty' ? '' : name.replace(/%([0-9A-F]{2})/g, unescapeChar)));
  return names.join('/');
}

function unescapeChar(_: string, digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16));
}

/** Orders keys as S3 lists them: by their UTF-8 bytes. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for what comes after every other unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
