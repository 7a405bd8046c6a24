import { createTape, type JsonDocument, readDocuments } from '../json/index.ts';
import { type ByteString, decodeUtf8, encodeUtf8 } from '../record/byte-string.ts';
import { permanent } from '../record/failure.ts';
import { type Failed, failed } from '../record/outcome.ts';
import { unpacked } from './gunzip.ts';
import { isText } from './text.ts';

/** What CloudWatch Logs sends for a subscription: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
export interface LogEnvelope {
  readonly messageType: 'DATA_MESSAGE' | 'CONTROL_MESSAGE';
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  /** Set by account-level policies. */
  readonly policyLevel?: string;
  readonly logEvents: readonly LogEvent[];
}

export interface LogEvent {
  readonly id?: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
  readonly extractedFields?: Readonly<Record<string, unknown>>;
}

/** The subscription messages of a record: gzip or plain, and one after the other where several were joined. */
export function readEnvelopes(data: ByteString): readonly LogEnvelope[] | Failed {
  const bytes = unpacked(data);
  if (typeof bytes !== 'string') return bytes;
  if (!isText(bytes)) return failed(permanent('InvalidUtf8', 'decode', 'the subscription message is not UTF-8'));
  const values = valuesOf(bytes);
  if ('kind' in values) return values;
  for (const [index, value] of values.entries()) {
    const problem = problemOf(value);
    if (problem !== undefined) {
      return failed(permanent('InvalidLogEnvelope', 'decode', `subscription message ${index}: ${problem}`));
    }
  }
  return values as readonly LogEnvelope[];
}

function valuesOf(bytes: ByteString): readonly unknown[] | Failed {
  try {
    return [JSON.parse(decodeUtf8(bytes))];
  } catch {
    const documents: JsonDocument[] = [];
    const failure = readDocuments(bytes, createTape(), documents);
    if (failure !== undefined) return failed(failure);
    if (documents.length === 0) return failed(permanent('EmptyRecord', 'decode', 'the record is empty'));
    return documents.map(({ from, to }) => JSON.parse(decodeUtf8(bytes.slice(from, to))));
  }
}

/** What keeps a value from being a subscription message; undefined where nothing does. */
function problemOf(value: unknown): string | undefined {
  if (!isRecord(value)) return 'it is no object';
  const { messageType, logEvents } = value;
  if (messageType === 'CONTROL_MESSAGE') return undefined;
  if (messageType !== 'DATA_MESSAGE') return 'messageType is neither DATA_MESSAGE nor CONTROL_MESSAGE';
  const missing = ['owner', 'logGroup', 'logStream'].filter((name) => typeof value[name] !== 'string');
  if (missing.length > 0) return `${missing.join(', ')} must be a string`;
  if (!Array.isArray(logEvents)) return 'logEvents must be an array';
  for (const [index, event] of logEvents.entries()) {
    const problem = problemOfEvent(event);
    if (problem !== undefined) return `logEvents[${index}]${problem}`;
  }
  return undefined;
}

/** Milliseconds that a date can hold: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LATEST = 8.64e15;

function problemOfEvent(event: unknown): string | undefined {
  if (!isRecord(event)) return ' must be an object';
  const { id, timestamp, message, extractedFields } = event;
  if (typeof message !== 'string') return '.message must be a string';
  if (typeof timestamp !== 'number' || !(Math.abs(timestamp) <= LATEST)) return '.timestamp must be epoch milliseconds';
  if (id !== undefined && typeof id !== 'string') return '.id must be a string';
  if (extractedFields !== undefined && !isRecord(extractedFields)) return '.extractedFields must be an object';
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Messages as one record, plain: several stand one after the other. */
export function writeEnvelopes(envelopes: readonly LogEnvelope[]): ByteString {
  return encodeUtf8(envelopes.map((envelope) => JSON.stringify(envelope)).join('\n'));
}
