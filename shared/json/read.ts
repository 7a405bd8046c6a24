import type { JsonText } from '../record/document.ts';
import { type Failure, permanent } from '../record/failure.ts';
import { JsonDocument } from './document.ts';
import { forgetRows } from './keys.ts';
import { fault, load, scan, skipSpace } from './scanner.ts';
import { createTape, type Tape } from './tape.ts';

/** Documents of one record, at most: what they may take of memory for a hostile record of 10 MiB. */
const MAX_DOCUMENTS = 200_000;

/**
 * Reads the JSON documents that a text holds, one after the other: NDJSON with any line ends and blank lines, `{}{}`.
 * Appends them to `documents`; the failure of the first bad one names its index among them.
 * White space around a document is not part of it; but where a text holds one document alone, spaces and tabs beside it
 * stay with it, so that the record leaves as it came.
 */
export function readDocuments(text: JsonText, tape: Tape, documents: JsonDocument[]): Failure | undefined {
  load(text);
  const base = tape.used;
  const first = documents.length;
  let before = 0;
  let at = skipSpace(0);
  while (at < text.length) {
    const root = tape.used;
    const index = documents.length;
    if (index > first && before === at && !endsItself(text, before)) {
      return failureAt(index - 1, at, 'expected the document to end');
    }
    if (index - first >= MAX_DOCUMENTS) {
      return failureAt(index, at, `more than ${MAX_DOCUMENTS} documents in one record`, 'TooManyDocuments');
    }
    const end = scan(tape, at, base);
    if (end < 0) return failureOf(index);
    documents.push(new JsonDocument(text, at, end, tape, root));
    before = end;
    at = skipSpace(end);
  }
  if (documents.length === first + 1) widen(documents[first]!);
  return undefined;
}

/** Reads a text that is one document and nothing else, as most records are; undefined where it is not, for whatever cause. */
export function readSingle(text: JsonText, tape: Tape): JsonDocument | undefined {
  load(text);
  const root = tape.used;
  const end = scan(tape, 0);
  if (end === text.length || (end > 0 && skipSpace(end) === text.length && !isBlank(text.charCodeAt(end)))) {
    return new JsonDocument(text, 0, end, tape, root);
  }
  tape.used = root;
  forgetRows();
  return undefined;
}

function widen(document: JsonDocument): void {
  const { source } = document;
  while (document.from > 0 && isBlank(source.charCodeAt(document.from - 1))) document.from--;
  while (document.to < source.length && isBlank(source.charCodeAt(document.to))) document.to++;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** After an object or array another document may follow at once: `{}{}`. */
function endsItself(text: JsonText, end: number): boolean {
  const last = text.charCodeAt(end - 1);
  return last === 0x7d || last === 0x5d;
}

function failureOf(index: number): Failure {
  return failureAt(index, fault.at, fault.message, fault.code);
}

function failureAt(document: number, at: number, message: string, code = 'InvalidJson'): Failure {
  return { ...permanent(code, 'decode', `document ${document}, byte ${at}: ${message}`), document };
}

/** Reads one document that stands by itself: for text inside strings, and for tests. */
export function readDocument(text: JsonText, tape: Tape = createTape()): JsonDocument | Failure {
  const documents: JsonDocument[] = [];
  const failure = readDocuments(text, tape, documents);
  if (failure !== undefined) return failure;
  if (documents.length !== 1)
    return permanent('InvalidJson', 'decode', `${documents.length} documents where one is expected`);
  return documents[0]!;
}

/** Reads what a step put in: its text is one value. */
export function readFragment(json: JsonText, tape: Tape): JsonDocument {
  load(json);
  const root = tape.used;
  if (scan(tape, 0) !== json.length) throw new SyntaxError('a step put in what is not JSON');
  return new JsonDocument(json, 0, json.length, tape, root);
}
