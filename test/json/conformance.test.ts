import { describe, expect, it } from 'vitest';
import { createTape, type JsonDocument, readDocument, readDocuments } from '../../shared/json/index.ts';
import { decodeUtf8 } from '../../shared/record/byte-string.ts';
import type { Failure } from '../../shared/record/failure.ts';
import { ACCEPTED, BAD_DOCUMENTS, CHOICES, NOT_UTF8, REFUSED, SEVERAL } from './conformance-cases.ts';

function failureOf(text: string): Failure | undefined {
  const read = readDocument(text);
  return 'code' in read ? read : undefined;
}

function parses(text: string): boolean {
  try {
    JSON.parse(decodeUtf8(text));
    return true;
  } catch {
    return false;
  }
}

describe('the scanner and RFC 8259', () => {
  it('is asked at least 200 different things', () => {
    expect(new Set([...ACCEPTED, ...REFUSED, ...NOT_UTF8, ...CHOICES.map(({ text }) => text)]).size).toBeGreaterThan(
      300,
    );
  });

  it.each(ACCEPTED)('accepts %j, and gives it back', (text) => {
    const read = readDocument(text);
    if ('code' in read) throw new Error(read.message);
    expect(read.text().trim()).toBe(text.trim());
    expect(parses(text)).toBe(true);
  });

  it.each(REFUSED)('refuses %j', (text) => {
    expect(failureOf(text)).toMatchObject({ code: 'InvalidJson', stage: 'decode', retryable: false });
    expect(parses(text)).toBe(false);
  });

  it.each(NOT_UTF8)('refuses %j, which is not UTF-8', (text) => {
    expect(failureOf(text)?.code).toBe('InvalidUtf8');
  });

  it.each(CHOICES)('where the RFC leaves a choice: $why', ({ text, accepted }) => {
    expect(failureOf(text) === undefined).toBe(accepted);
  });

  it('says so when nesting is too deep, and where', () => {
    expect(failureOf(`{"a":${'['.repeat(600)}`)).toMatchObject({ code: 'NestingTooDeep' });
    expect(failureOf('['.repeat(513))?.message).toBe('document 0, byte 512: more than 512 levels of nesting');
  });
});

describe('several documents in one text', () => {
  function readAll(text: string): readonly JsonDocument[] | Failure {
    const documents: JsonDocument[] = [];
    return readDocuments(text, createTape(), documents) ?? documents;
  }

  it.each(SEVERAL)('are read from $text', ({ text, documents }) => {
    const read = readAll(text);
    expect(Array.isArray(read) ? read.map((document) => document.text()) : read).toEqual(documents);
  });

  it.each(BAD_DOCUMENTS)('of $text, document $document is named as the bad one', ({ text, document }) => {
    expect(readAll(text)).toMatchObject({ document });
  });

  it('keeps the white space beside a document that is alone on its line', () => {
    const read = readAll(' \t{"a": 1}  \n');
    expect(Array.isArray(read) && read[0].text()).toBe(' \t{"a": 1}  ');
  });
});
