import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { sqs as connected } from '../platform/clients.ts';
import { LIMITS } from '../platform/limits.ts';
import { requiredSetting } from '../platform/settings.ts';
import { type ByteString, bytesOf, decodeUtf8 } from '../record/byte-string.ts';
import { permanent } from '../record/failure.ts';
import { failed } from '../record/outcome.ts';
import type { Delivery, Destination } from './destination.ts';
import { CONFIRMED, type Entry, type EntryResult } from './entry.ts';
import { unavailable } from './put-error.ts';

export interface SqsOptions {
  /** URL of the queue; default: the setting DELIVERY_QUEUE_URL. A FIFO queue (`….fifo`) groups by partition key. */
  readonly queueUrl?: string;
  /** Documents are joined into messages of up to this many bytes; 0, the default, sends each record by itself. */
  readonly joinBytes?: number;
}

/** Characters that a message may hold: XML 1.0's. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const SENDABLE = /^[\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
/** Marks a body that is base64, since its bytes are no text that SQS takes. Name, type and value count towards the message. */
const BASE64 = { ContentEncoding: { DataType: 'String', StringValue: 'base64' } };
const BASE64_BYTES = 'ContentEncodingStringbase64'.length;
/** What SQS says of a message that no retry can help. */
const CONTENT_CODES = new Set(['InvalidMessageContents', 'MessageTooLong']);

interface Body {
  readonly text: string;
  readonly bytes: number;
  readonly base64: boolean;
}

/**
 * An SQS queue, by SendMessageBatch.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export function sqs(options: SqsOptions = {}): Delivery {
  return {
    name: 'sqs',
    target: `sqs ${options.queueUrl ?? 'DELIVERY_QUEUE_URL'}`,
    connect: () => sqsDestination(options),
  };
}

export function sqsDestination(options: SqsOptions = {}, urlOf: () => string = configuredUrl): Destination {
  const { records, bytes, record } = LIMITS.sqsSend;
  return {
    name: 'sqs',
    limits: { records, bytes, record },
    ordered: true,
    joinBytes: options.joinBytes ?? 0,
    sizeOf: (entry) => bodyOf(entry.data).bytes,
    put: async (entries, signal) => {
      const url = options.queueUrl ?? urlOf();
      const { aws, client } = await connected();
      const Entries = entries.map((entry, index) => ({ Id: String(index), ...messageOf(entry, url) }));
      const command = new aws.SendMessageBatchCommand({ QueueUrl: url, Entries });
      const { Successful = [], Failed = [] } = await client.send(command, { abortSignal: signal });
      const results: EntryResult[] = new Array(entries.length);
      for (const { Id } of Successful) results[Number(Id)] = CONFIRMED;
      for (const { Id, Code } of Failed) results[Number(Id)] = resultOf(Code ?? 'InternalError');
      return results;
    },
  };
}

function configuredUrl(): string {
  return requiredSetting('DELIVERY_QUEUE_URL', 'the queue that records go to');
}

function messageOf(entry: Entry, url: string) {
  const body = bodyOf(entry.data);
  return {
    MessageBody: body.text,
    ...(body.base64 && { MessageAttributes: BASE64 }),
    ...(url.endsWith('.fifo') && {
      MessageGroupId: fifoId(entry.partitionKey ?? entry.id),
      MessageDeduplicationId: fifoId(entry.id),
    }),
  };
}

function bodyOf(data: ByteString): Body {
  const bytes = bytesOf(data);
  const text = data.length > 0 && isUtf8(bytes) ? decodeUtf8(data) : undefined;
  if (text !== undefined && SENDABLE.test(text)) return { text, bytes: data.length, base64: false };
  const encoded = bytes.toString('base64');
  return { text: encoded, bytes: encoded.length + BASE64_BYTES, base64: true };
}

/** Ids of a FIFO queue: 1 to 128 characters of a small alphabet; anything else by its digest. */
function fifoId(text: string): string {
  if (/^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/.test(text)) return text;
  return hash('sha256', text);
}

function resultOf(code: string): EntryResult {
  if (!CONTENT_CODES.has(code)) return failed(unavailable('sqs', code));
  return failed(permanent('DestinationRefused', 'deliver', `sqs refused the message: ${code}.`));
}
