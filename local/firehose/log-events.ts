/**
 * Decompression and message extraction of CloudWatch Logs records.
 * https://docs.aws.amazon.com/firehose/latest/dev/writing-with-cloudwatch-logs-decompression.html
 */
import { gunzipSync } from 'node:zlib';

/** Inflated size above which a record is taken for a bomb, bytes. */
const MOST_INFLATED = 64 * 1024 * 1024;

interface Envelope {
  readonly messageType?: unknown;
  readonly logEvents?: unknown;
}

/** The subscription's JSON, or its messages, one a line; undefined when the record is not what CloudWatch Logs sends. */
export function readLogRecord(data: Buffer, messagesOnly: boolean): Buffer | undefined {
  let text: Buffer;
  let envelope: Envelope;
  try {
    text = gunzipSync(data, { maxOutputLength: MOST_INFLATED });
    envelope = JSON.parse(text.toString('utf8')) as Envelope;
  } catch {
    return undefined;
  }
  if (typeof envelope !== 'object' || envelope === null) return undefined;
  return messagesOnly ? messages(envelope) : text;
}

function messages(envelope: Envelope): Buffer | undefined {
  if (envelope.messageType === 'CONTROL_MESSAGE') return Buffer.alloc(0);
  if (envelope.messageType !== 'DATA_MESSAGE' || !Array.isArray(envelope.logEvents)) return undefined;
  const lines: string[] = [];
  for (const event of envelope.logEvents as { message?: unknown }[]) {
    if (typeof event?.message !== 'string') return undefined;
    lines.push(event.message, '\n');
  }
  return Buffer.from(lines.join(''), 'utf8');
}
