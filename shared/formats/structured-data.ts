import type { ByteString } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import { jsonString } from './text.ts';

/** RFC 5424, section 6.3: `[id name="value" …][id …]`, or `-`. */
export interface StructuredData {
  /** An object of objects; a parameter that comes several times is an array. */
  readonly json: JsonText;
  /** Where it ends in the line. */
  readonly end: number;
}

const NAME = '[^\\s="\\]]{1,255}';
const ELEMENT = new RegExp(`\\[(${NAME})`, 'y');
const PARAMETER = new RegExp(` {1,8}(${NAME})="`, 'y');

/** Reads the structured data that begins at `at`; undefined where it is broken. */
export function readStructuredData(line: ByteString, at: number): StructuredData | undefined {
  if (line[at] === '-') return ends(line, at + 1) ? { json: 'null', end: at + 1 } : undefined;
  const elements = new Map<ByteString, Map<ByteString, JsonText[]>>();
  let end = at;
  while (line[end] === '[') {
    const read = readElement(line, end);
    if (read === undefined) return undefined;
    const parameters = elements.get(read.id) ?? new Map<ByteString, JsonText[]>();
    for (const [name, value] of read.parameters) parameters.set(name, [...(parameters.get(name) ?? []), value]);
    elements.set(read.id, parameters);
    end = read.end;
  }
  if (end === at || !ends(line, end)) return undefined;
  return {
    json: objectOf([...elements].map(([id, parameters]) => [id, objectOf([...parameters].map(onlyOrAll))])),
    end,
  };
}

function ends(line: ByteString, at: number): boolean {
  return at === line.length || line[at] === ' ';
}

function onlyOrAll([name, values]: readonly [ByteString, readonly JsonText[]]): readonly [ByteString, JsonText] {
  return [name, values.length === 1 ? values[0]! : `[${values.join(',')}]`];
}

function objectOf(members: readonly (readonly [ByteString, JsonText])[]): JsonText {
  return `{${members.map(([name, json]) => `${jsonString(name)}:${json}`).join(',')}}`;
}

interface Element {
  readonly id: ByteString;
  readonly parameters: readonly (readonly [ByteString, JsonText])[];
  readonly end: number;
}

function readElement(line: ByteString, at: number): Element | undefined {
  ELEMENT.lastIndex = at;
  const id = ELEMENT.exec(line)?.[1];
  if (id === undefined) return undefined;
  const parameters: [ByteString, JsonText][] = [];
  let end = ELEMENT.lastIndex;
  while (line[end] !== ']') {
    PARAMETER.lastIndex = end;
    const name = PARAMETER.exec(line)?.[1];
    if (name === undefined) return undefined;
    const start = PARAMETER.lastIndex;
    const close = endOfValue(line, start);
    if (close < 0) return undefined;
    parameters.push([name, jsonString(line.slice(start, close).replace(/\\(["\\\]])/g, '$1'))]);
    end = close + 1;
  }
  return { id, parameters, end: end + 1 };
}

/** Where the value's closing quote is: one with an even number of backslashes before it. */
function endOfValue(line: ByteString, from: number): number {
  for (let quote = line.indexOf('"', from); quote >= 0; quote = line.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (quote - backslashes > from && line[quote - backslashes - 1] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote;
  }
  return -1;
}
