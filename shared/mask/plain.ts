import { classes } from '../json/index.ts';

const KINDS = classes.STRING;
const UUID = classes.DIGIT | classes.LOWER | classes.UPPER | classes.HYPHEN;
const INSTANT =
  classes.DIGIT | classes.HYPHEN | classes.COLON | classes.DOT | classes.UPPER | classes.PLUS | classes.SPACE;

const HYPHEN = 0x2d;
const COLON = 0x3a;

/**
 * Whether a string is a UUID or a point in time of ISO 8601 by itself: by far the most frequent values, and none is
 * anyone's. `found` are its classes, which tell without a look which characters it has.
 */
export function isPlainIdentifier(source: string, start: number, end: number, found: number): boolean {
  const length = end - start;
  if (length === 36) return (found & ~(UUID | KINDS)) === 0 && isUuid(source, start);
  return length >= 19 && length <= 29 && (found & ~(INSTANT | KINDS)) === 0 && isInstant(source, start, length);
}

function isUuid(source: string, start: number): boolean {
  return (
    source.charCodeAt(start + 8) === HYPHEN &&
    source.charCodeAt(start + 13) === HYPHEN &&
    source.charCodeAt(start + 18) === HYPHEN &&
    source.charCodeAt(start + 23) === HYPHEN
  );
}

/** `2026-11-20T09:22:11.123Z`, `2026-11-20 09:22:11+01:00`: with nothing behind but a fraction and a zone. */
function isInstant(source: string, start: number, length: number): boolean {
  return (
    source.charCodeAt(start + 4) === HYPHEN &&
    source.charCodeAt(start + 7) === HYPHEN &&
    source.charCodeAt(start + 13) === COLON &&
    source.charCodeAt(start + 16) === COLON &&
    (length === 19 || source.charCodeAt(start + 19) !== 0x20)
  );
}

const SHORTEST_TOKEN = 12;
const LONG_TOKEN = 16;

/** A credential without a digit: a long one, or one after the name of an HTTP scheme, `Basic` or `Bearer`. */
export function isTokenOfLetters(source: string, start: number, end: number): boolean {
  if (end - start < SHORTEST_TOKEN) return false;
  const shortest = (source.charCodeAt(start) | 0x20) === 0x62 ? SHORTEST_TOKEN - 'Basic '.length : LONG_TOKEN;
  let word = start;
  for (let i = start; i < end; i++) {
    if (source.charCodeAt(i) === 0x20) word = i + 1;
    else if (i - word >= shortest - 1) return true;
  }
  return false;
}
