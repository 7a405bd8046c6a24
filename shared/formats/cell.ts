import type { ByteString } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import { JSON_NUMBER, jsonString } from './text.ts';

/** What a text without types of its own (a CSV cell, a logfmt value) is to become. */
export type CellType = 'string' | 'number' | 'boolean' | 'json';

/** Kinds by column or key. What is not named is a string. */
export type Types = Readonly<Record<string, CellType>>;

/** The JSON of a text; undefined where it is not what it was declared to be. An empty text that is no string is null. */
export function typedValue(text: ByteString, type: CellType): JsonText | undefined {
  if (type === 'string') return jsonString(text);
  const trimmed = text.trim();
  if (trimmed === '') return 'null';
  if (type === 'number') return numberText(trimmed);
  if (type === 'boolean') return booleanText(trimmed.toLowerCase());
  return jsonValue(trimmed);
}

const LOOSE_NUMBER = /^([+-]?)(\d*)(\.\d*)?([eE][+-]?\d+)?$/;

/** A number as it was written; spellings that JSON does not know are mended: `+5`, `.5`, `5.`, `007`. */
function numberText(text: ByteString): JsonText | undefined {
  if (JSON_NUMBER.test(text)) return text;
  const [, sign, whole = '', fraction = '', exponent = ''] = LOOSE_NUMBER.exec(text) ?? [];
  if (sign === undefined || (whole === '' && fraction.length < 2)) return undefined;
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  return `${sign === '-' ? '-' : ''}${digits}${fraction === '.' ? '' : fraction}${exponent}`;
}

function booleanText(text: string): JsonText | undefined {
  if (text === 'true' || text === '1' || text === 'yes' || text === 't' || text === 'y') return 'true';
  if (text === 'false' || text === '0' || text === 'no' || text === 'f' || text === 'n') return 'false';
  return undefined;
}

function jsonValue(text: ByteString): JsonText | undefined {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
