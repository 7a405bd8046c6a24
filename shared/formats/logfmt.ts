import type { ByteString } from '../record/byte-string.ts';
import { encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import type { InputFormat } from '../record/format.ts';
import { documented } from '../record/reference.ts';
import { type Types, typedValue } from './cell.ts';
import { type Fault, fault, isText, jsonString, lineFormat } from './text.ts';

export interface LogfmtOptions {
  /** Kinds of values that are no strings, by key. Numbers keep their spelling. */
  readonly types?: Types;
}

/** https://brandur.org/logfmt, with the quoting of Go's strconv.Quote, as Heroku, Grafana and Go's slog write it. */
export const logfmt = documented<[options?: LogfmtOptions], InputFormat>(
  {
    name: 'logfmt',
    summary:
      'Lines of key=value pairs, one or several a record. Values are strings unless `types` names another kind; a key without `=` is true; a key that comes twice comes twice.',
    settings: { types: 'Kinds of values by key: `string`, `number`, `boolean` or `json`. Default: all are strings.' },
    examples: [
      {
        shows: 'quoted and bare values',
        args: [{ types: { status: 'number' } }],
        in: 'level=info msg="cart \\"A\\" paid" status=200 cached',
        out: '{"level":"info","msg":"cart \\"A\\" paid","status":200,"cached":true}',
      },
      { shows: 'a quote that is never closed', args: [], in: 'msg="cart', out: { failed: 'InvalidLogfmt' } },
    ],
  },
  ({ types = {} } = {}) => {
    const kinds = new Map(Object.entries(types).map(([key, kind]) => [encodeUtf8(key), kind]));
    return lineFormat('logfmt', (line) => readPairs(line, kinds));
  },
);

const KEY = /[^\s="]+/y;
const BARE = /[^\s"]*/y;
const SPACE = /[ \t]*/y;

function invalid(what: string): Fault {
  return fault('InvalidLogfmt', what);
}

function skip(pattern: RegExp, line: ByteString, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : at;
}

function readPairs(line: ByteString, kinds: ReadonlyMap<ByteString, Types[string]>): JsonText | Fault {
  const members: JsonText[] = [];
  let at = skip(SPACE, line, 0);
  while (at < line.length) {
    const keyEnd = skip(KEY, line, at);
    if (keyEnd === at) return invalid(`there is no key at byte ${at}`);
    const key = line.slice(at, keyEnd);
    const value = readValue(line, keyEnd);
    if (value === undefined) return invalid(`the value at byte ${keyEnd} is broken`);
    const json = value.text === undefined ? 'true' : typedValue(value.text, kinds.get(key) ?? 'string');
    if (json === undefined) return invalid(`the value at byte ${keyEnd + 1} is no ${kinds.get(key)}`);
    members.push(`${jsonString(key)}:${json}`);
    at = skip(SPACE, line, value.end);
  }
  return `{${members.join(',')}}`;
}

/** What follows a key: nothing (undefined text), a bare value, or a quoted one. */
function readValue(line: ByteString, at: number): { text: ByteString | undefined; end: number } | undefined {
  if (line[at] !== '=') return endsAt(line, at) ? { text: undefined, end: at } : undefined;
  if (line[at + 1] !== '"') {
    const end = skip(BARE, line, at + 1);
    return endsAt(line, end) ? { text: line.slice(at + 1, end), end } : undefined;
  }
  let quote = at + 1;
  do {
    quote = line.indexOf('"', quote + 1);
  } while (quote >= 0 && isEscaped(line, at + 2, quote));
  if (quote < 0 || !endsAt(line, quote + 1)) return undefined;
  return { text: unquoted(line.slice(at + 2, quote)), end: quote + 1 };
}

function isEscaped(line: ByteString, from: number, at: number): boolean {
  let backslashes = 0;
  while (at - backslashes > from && line[at - backslashes - 1] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function endsAt(line: ByteString, at: number): boolean {
  return at >= line.length || line[at] === ' ' || line[at] === '\t';
}

const LETTERS: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A quoted value without its escapes; where they spell no UTF-8, as it was written. */
function unquoted(raw: ByteString): ByteString {
  if (!raw.includes('\\')) return raw;
  const plain = raw.replace(
    /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}(?:\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})?)|(["\\abfnrtv]))/g,
    (_, hex?: string, unit?: string, letter?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (unit === undefined) return LETTERS[letter!] ?? letter!;
      const units = unit.split('\\u').map((digits) => Number.parseInt(digits, 16));
      return encodeUtf8(String.fromCharCode(...units));
    },
  );
  return isText(plain) ? plain : raw;
}
