import type { Failure } from '../record/failure.ts';
import type { IcebergTarget, Ok, Outcome, PartitionKeys } from '../record/outcome.ts';
import type { StreamRecord } from '../record/record.ts';
import type { FirehoseRecord } from './firehose-batch.ts';

/** What the transform says of one record: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html */
export interface FirehoseAnswer {
  readonly recordId: string;
  readonly result: 'Ok' | 'Dropped' | 'ProcessingFailed';
  /** Base64. Always there: without it Firehose refuses the record. */
  readonly data: string;
  readonly metadata?: FirehoseMetadata;
}

/**
 * An answer, filled member by member: V8 takes literals that outlive a collection for long-lived, and then all that they
 * hold stays until the whole heap is collected, which for the strings of a batch costs a quarter of all time.
 */
function answerOf(
  recordId: string,
  result: FirehoseAnswer['result'],
  data: string,
  metadata?: FirehoseMetadata,
): FirehoseAnswer {
  const answer = {} as { -readonly [Name in keyof FirehoseAnswer]: FirehoseAnswer[Name] };
  answer.recordId = recordId;
  answer.result = result;
  answer.data = data;
  if (metadata !== undefined) answer.metadata = metadata;
  return answer;
}

interface FirehoseMetadata {
  readonly partitionKeys?: PartitionKeys;
  readonly otfMetadata?: IcebergTarget;
}

export interface FirehoseResponse {
  readonly records: readonly FirehoseAnswer[];
}

/** How a record ends. */
export type Ending =
  | Transformed
  | { readonly kind: 'dropped'; readonly reason: string; readonly documents: number }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** It stands in the stream again, and will be answered another time. */
  | { readonly kind: 'reingested' };

/** It goes on. Made by a constructor and no literal, for the same reason as answers are. */
export class Transformed {
  readonly kind = 'ok';
  /** Base64. */
  readonly data: string;
  /** How many bytes `data` encodes. */
  readonly bytes: number;
  readonly documents: number;
  readonly droppedDocuments: Ok['droppedDocuments'];
  readonly metadata: KnownMetadata | undefined;

  constructor({ data, documents, droppedDocuments }: Ok, metadata: KnownMetadata | undefined) {
    this.data = btoa(data);
    this.bytes = data.length;
    this.documents = documents;
    this.droppedDocuments = droppedDocuments;
    this.metadata = metadata;
  }
}

/** Metadata and the bytes it takes in the response, comma and name included. */
export interface KnownMetadata {
  readonly metadata: FirehoseMetadata;
  readonly bytes: number;
}

/** Bytes of `{"records":[]}`. */
export const RESPONSE_BYTES = 14;
/** Bytes of `{"recordId":,"result":"","data":""},` around their values. */
const ANSWER_BYTES = 36;
const RESULT_BYTES = { Ok: 2, Dropped: 7, ProcessingFailed: 16 } as const;

/** The exact bytes that an answer takes in the serialised response, comma included. */
export function answerBytes(
  recordIdBytes: number,
  result: FirehoseAnswer['result'],
  dataBytes: number,
  metadataBytes = 0,
): number {
  return ANSWER_BYTES + recordIdBytes + RESULT_BYTES[result] + dataBytes + metadataBytes;
}

const PLAIN_ID = /^[\w:./+=-]*$/;

/** Bytes of a string in JSON, quotes included. */
export function jsonBytes(text: string): number {
  return PLAIN_ID.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));
}

/** Bytes of a record's own base64 in JSON, without quotes. What `atob` took may hold white space, which JSON escapes. */
export function originalBytes({ encoded, record }: FirehoseRecord): number {
  return isBase64Alone(encoded, record) ? encoded.length : jsonBytes(encoded) - 2;
}

function isBase64Alone(encoded: string, record: StreamRecord | undefined): boolean {
  try {
    return record !== undefined && encoded.length === Math.ceil(record.data.length / 3) * 4;
  } catch {
    return false;
  }
}

/** What a batch's outcomes come to. Each is turned at once into what the answer has of it: nothing else is kept. */
export interface Endings {
  of(outcome: Outcome): Ending;
  /** Distinct partition key combinations so far, Iceberg tables included. */
  combinations(): number;
}

export function createEndings(): Endings {
  const metadata = metadataCache();
  return {
    of: (outcome) => (outcome.kind === 'ok' ? new Transformed(outcome, metadata.of(outcome)) : outcome),
    combinations: metadata.combinations,
  };
}

/** A place in a tree of names and values: what goes the same way has the same metadata. */
interface Place {
  readonly next: Map<string, Place>;
  known: KnownMetadata | undefined;
}

/** Gives records that go to the same place the same metadata object, and counts the places. */
function metadataCache(): { of(outcome: Ok): KnownMetadata | undefined; combinations(): number } {
  const root: Place = { next: new Map(), known: undefined };
  /** The engine gives the same object for the same place, as far as it remembers it. */
  const byKeys = new Map<PartitionKeys, KnownMetadata>();
  let combinations = 0;
  return {
    of({ partitionKeys, iceberg }) {
      if (partitionKeys === undefined && iceberg === undefined) return undefined;
      const seen = partitionKeys !== undefined && iceberg === undefined ? byKeys.get(partitionKeys) : undefined;
      if (seen !== undefined) return seen;
      let place = root;
      for (const name in partitionKeys) place = placeAt(placeAt(place, name), partitionKeys[name]!);
      // After names and values in turn, JSON stands where a name would, and is none.
      if (iceberg !== undefined) place = placeAt(place, JSON.stringify(iceberg));
      if (place.known === undefined) {
        combinations++;
        place.known = knownMetadata({
          ...(partitionKeys && { partitionKeys }),
          ...(iceberg && { otfMetadata: iceberg }),
        });
      }
      if (partitionKeys !== undefined && iceberg === undefined) byKeys.set(partitionKeys, place.known);
      return place.known;
    },
    combinations: () => combinations,
  };
}

function placeAt(place: Place, text: string): Place {
  let found = place.next.get(text);
  if (found === undefined) {
    found = { next: new Map(), known: undefined };
    place.next.set(text, found);
  }
  return found;
}

function knownMetadata(metadata: FirehoseMetadata): KnownMetadata {
  return { metadata, bytes: Buffer.byteLength(JSON.stringify(metadata)) + ',"metadata":'.length };
}

/** Writes the answer of one record. `bare`: without the original bytes, where a response has no room for them. */
export function writeAnswer({ recordId, encoded }: FirehoseRecord, ending: Ending, bare: boolean): FirehoseAnswer {
  switch (ending.kind) {
    case 'ok':
      return answerOf(recordId, 'Ok', ending.data, ending.metadata?.metadata);
    case 'failed':
      return answerOf(recordId, 'ProcessingFailed', encoded);
    default:
      return answerOf(recordId, 'Dropped', bare ? '' : encoded);
  }
}
