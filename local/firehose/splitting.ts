import { documentsOf } from './json-documents.ts';
import type { Splitting } from './settings.ts';

/** More than this many records in one, and it passes whole. */
const MOST_PARTS = 500;

/**
 * The records that one record holds, by the RecordDeAggregation processor. What can't be split passes as it is.
 * https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-multirecord-deaggergation.html
 */
export function splitRecord(data: Buffer, splitting: Splitting): readonly Buffer[] {
  const parts = splitting.by === 'json' ? documentsOf(data) : delimited(data, splitting.delimiter);
  return parts === undefined || parts.length === 0 || parts.length > MOST_PARTS ? [data] : parts;
}

/** The pieces between delimiters, without them; empty pieces are left out. */
function delimited(data: Buffer, delimiter: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  while (start < data.length) {
    const found = data.indexOf(delimiter, start);
    const end = found === -1 ? data.length : found;
    if (end > start) parts.push(data.subarray(start, end));
    start = end + delimiter.length;
  }
  return parts;
}
