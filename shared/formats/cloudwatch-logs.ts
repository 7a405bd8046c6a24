import { type ByteString, encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import { permanent } from '../record/failure.ts';
import type { Decoded, InputFormat } from '../record/format.ts';
import { dropped, failed } from '../record/outcome.ts';
import { documented } from '../record/reference.ts';
import { splitContent } from './gunzip.ts';
import { readEmfLine, readLambdaLine } from './lambda-line.ts';
import { type LogEnvelope, readEnvelopes, writeEnvelopes } from './log-envelope.ts';
import { type Joining, joinLines, type Lines } from './stack-trace.ts';
import { deal } from './text.ts';

export interface CloudWatchLogsOptions {
  /** Adds `json` to documents whose message is a JSON object: the message's own text, so that numbers keep their spelling. */
  readonly parseJson?: boolean;
  /** Joins the lines of a stack trace, within one record and stream. Default `indentation`; false leaves each line alone. */
  readonly join?: Joining | false;
  /** Log groups whose messages are dropped; a `*` at the end stands for anything. */
  readonly except?: readonly string[];
}

export const cloudwatchLogs = documented<[options?: CloudWatchLogsOptions], InputFormat>(
  {
    name: 'cloudwatchLogs',
    summary:
      "What CloudWatch Logs sends for a subscription: gzip (or plain) of a message with many log events. Each event becomes a document: id, timestamp (ISO 8601, UTC), owner, logGroup, logStream, message, kind (`text`, `json`, `emf`, `lambda`), and where they are there extractedFields, policyLevel, lambda (what Lambda's own START, END and REPORT lines say, durations and memory as numbers), emf (metrics and dimensions), lines (how many events were joined). Control messages are dropped.",
    settings: {
      parseJson: "Adds `json` where the message is a JSON object, as the message's own text. Default false.",
      join: "Joins the lines of a stack trace: by `indentation` (the default), or by a pattern that a trace's first line matches. `false` leaves each line alone.",
      except: 'Log groups whose messages are dropped, as `excluded log group`; a `*` at the end stands for anything.',
    },
    examples: [
      {
        shows: 'a REPORT line',
        args: [],
        in: '{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/cart","logStream":"s","subscriptionFilters":["f"],"logEvents":[{"id":"1","timestamp":1789809023187,"message":"REPORT RequestId: 5c5a\\tDuration: 12.30 ms\\tBilled Duration: 13 ms\\tMemory Size: 512 MB\\tMax Memory Used: 90 MB\\n"}]}',
        out: '{"id":"1","timestamp":"2026-09-19T09:10:23.187Z","owner":"123456789012","logGroup":"/aws/lambda/cart","logStream":"s","message":"REPORT RequestId: 5c5a\\tDuration: 12.30 ms\\tBilled Duration: 13 ms\\tMemory Size: 512 MB\\tMax Memory Used: 90 MB\\n","kind":"lambda","lambda":{"event":"REPORT","requestId":"5c5a","durationMs":12.3,"billedDurationMs":13,"memorySizeMb":512,"maxMemoryUsedMb":90}}',
      },
      {
        shows: 'a stack trace',
        args: [],
        in: '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":[],"logEvents":[{"id":"1","timestamp":0,"message":"Error: no stock"},{"id":"2","timestamp":1,"message":"    at pay (cart.js:1:2)"}]}',
        out: '{"id":"1","timestamp":"1970-01-01T00:00:00.000Z","owner":"1","logGroup":"g","logStream":"s","message":"Error: no stock\\n    at pay (cart.js:1:2)","kind":"text","lines":2}',
      },
      {
        shows: 'a health check',
        args: [],
        in: '{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}',
        out: { dropped: 'control message' },
      },
      {
        shows: 'an envelope without its events',
        args: [],
        in: '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s"}',
        out: { failed: 'InvalidLogEnvelope' },
      },
    ],
  },
  (options = {}) => {
    const reading = readingOf(options);
    return {
      name: 'cloudwatchLogs',
      decode: (data) => decode(data, reading),
      split: (data, pieces) => splitContent(data, (text) => split(text, reading, pieces)),
    };
  },
);

interface Reading {
  readonly parseJson: boolean;
  readonly joining: Joining | undefined;
  readonly excludes: (logGroup: string) => boolean;
}

function readingOf({ parseJson = false, join = 'indentation', except = [] }: CloudWatchLogsOptions): Reading {
  const whole = new Set(except.filter((name) => !name.endsWith('*')));
  const starts = except.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  return {
    parseJson,
    joining: join === false ? undefined : join,
    excludes: (logGroup) => whole.has(logGroup) || starts.some((start) => logGroup.startsWith(start)),
  };
}

function decode(data: ByteString, reading: Reading): Decoded {
  const envelopes = readEnvelopes(data);
  if ('kind' in envelopes) return envelopes;
  const holding = envelopes.filter(holdsData);
  const wanted = holding.filter(({ logGroup }) => !reading.excludes(logGroup));
  const texts: JsonText[] = [];
  try {
    for (const envelope of wanted) appendDocuments(texts, envelope, reading);
  } catch {
    return failed(permanent('InvalidLogEnvelope', 'decode', 'the extractedFields of a log event nest too deep'));
  }
  if (texts.length > 0) return { kind: 'documents', texts };
  if (holding.length === 0) return dropped('control message');
  return dropped(wanted.length === 0 ? 'excluded log group' : 'no log events');
}

function holdsData({ messageType }: LogEnvelope): boolean {
  return messageType === 'DATA_MESSAGE';
}

function appendDocuments(texts: JsonText[], envelope: LogEnvelope, { joining, parseJson }: Reading): void {
  const { owner, logGroup, logStream, policyLevel } = envelope;
  const origin = `"owner":${quoted(owner)},"logGroup":${quoted(logGroup)},"logStream":${quoted(logStream)}`;
  const policy = policyLevel === undefined ? '' : `,"policyLevel":${quoted(policyLevel)}`;
  for (const lines of joinLines(envelope.logEvents, joining)) {
    const { id, timestamp, extractedFields } = lines[0];
    const message =
      lines.length === 1 ? lines[0].message : lines.map((line) => line.message.replace(/[\r\n]+$/, '')).join('\n');
    const fields = extractedFields === undefined ? '' : `,"extractedFields":${quoted(extractedFields)}`;
    const joined = lines.length === 1 ? '' : `,"lines":${lines.length}`;
    texts.push(
      `{"id":${quoted(id ?? null)},"timestamp":"${new Date(timestamp).toISOString()}",${origin},"message":${quoted(message)}` +
        `${fields}${policy}${recognised(message, parseJson)}${joined}}`,
    );
  }
}

/** A value as JSON text in UTF-8 bytes. */
function quoted(value: unknown): JsonText {
  return encodeUtf8(JSON.stringify(value));
}

/** What is known of a message's kind, as further members. */
function recognised(message: string, parseJson: boolean): JsonText {
  const lambda = readLambdaLine(message);
  const json = parseJson ? jsonOf(message) : '';
  if (lambda !== undefined) return `,"kind":"lambda","lambda":${quoted(lambda)}${json}`;
  const emf = readEmfLine(message);
  if (emf !== undefined) return `,"kind":"emf","emf":${quoted(emf)}${json}`;
  return json === '' ? ',"kind":"text"' : `,"kind":"json"${json}`;
}

function jsonOf(message: string): JsonText {
  if (!/^\s*\{/.test(message) || !message.isWellFormed()) return '';
  try {
    JSON.parse(message);
    return `,"json":${encodeUtf8(message.trim())}`;
  } catch {
    return '';
  }
}

/** The events dealt out to several subscription messages, never cutting a stack trace. */
function split(data: ByteString, { joining }: Reading, pieces: number): readonly ByteString[] | undefined {
  const envelopes = readEnvelopes(data);
  if ('kind' in envelopes) return undefined;
  const all = envelopes
    .filter(holdsData)
    .flatMap((envelope) => joinLines(envelope.logEvents, joining).map((lines) => ({ envelope, lines })));
  if (all.length < 2) return undefined;
  return deal(all, pieces).map((group) => writeEnvelopes(regrouped(group)));
}

function regrouped(parts: readonly { envelope: LogEnvelope; lines: Lines }[]): readonly LogEnvelope[] {
  const groups = Map.groupBy(parts, ({ envelope }) => envelope);
  return [...groups].map(([envelope, group]) => ({ ...envelope, logEvents: group.flatMap(({ lines }) => lines) }));
}
