/**
 * Delivery to an HTTP endpoint, in the request and response format of
 * https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html
 */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Clock } from '../account/contracts.ts';
import type { BufferedRecord, RecordBuffer } from './buffer.ts';
import type { Failure } from './failure-documents.ts';
import type { HttpEndpointSettings } from './settings.ts';
import type { Shipment } from './shipping.ts';

export interface HttpShipmentOptions {
  readonly clock: Clock;
  readonly http: HttpEndpointSettings;
  readonly buffer: RecordBuffer;
  readonly deliveryStreamArn: string;
  readonly arrived: (bytes: number) => void;
  /** A record that the endpoint did not take in time. */
  readonly failed: (record: BufferedRecord, failure: Failure, attempts: number) => void;
  /** Keeps what is left when the account stops. */
  readonly park: () => Promise<void>;
}

/** How long an answer is waited for, ms. */
const LONGEST_WAIT_MS = 180_000;

class EndpointError extends Error {
  readonly failure: Failure;
  constructor(code: string, message: string) {
    super(message);
    this.failure = { code: `HttpEndpoint.${code}`, message };
  }
}

/** The same request id at every try, so that an endpoint can tell a repetition. */
export function createHttpShipment(options: HttpShipmentOptions): Shipment {
  const { http, buffer, clock } = options;
  const requestId = randomUUID();
  const deadline = clock.now() + http.retryMs;
  let attempts = 0;

  async function giveUp(failure: Failure): Promise<void> {
    for await (const block of buffer.read()) {
      for (const record of block) options.failed({ ...record, data: Buffer.from(record.data) }, failure, attempts);
    }
    buffer.discard();
  }

  return {
    records: buffer.records(),
    async send() {
      attempts++;
      try {
        const bytes = await post(options, requestId);
        options.arrived(bytes);
        buffer.discard();
      } catch (cause) {
        const failure = cause instanceof EndpointError ? cause.failure : unreachable(cause).failure;
        // The endpoint's own retry window is over: its records go to the error output, and that is an end.
        if (clock.now() < deadline) throw cause;
        await giveUp(failure);
      }
    },
    park: options.park,
  };
}

function unreachable(cause: unknown): EndpointError {
  const code = (cause as { cause?: { code?: unknown } } | null)?.cause?.code;
  return new EndpointError('RequestTimeout', `The endpoint could not be reached (${String(code ?? 'no connection')}).`);
}

async function post(options: HttpShipmentOptions, requestId: string): Promise<number> {
  const { http, buffer } = options;
  const records: { data: string }[] = [];
  for await (const block of buffer.read()) {
    for (const record of block) records.push({ data: record.data.toString('base64') });
  }
  const text = JSON.stringify({ requestId, timestamp: options.clock.now(), records });
  const body = http.gzip ? gzipSync(text) : Buffer.from(text);
  const response = await fetch(http.url, {
    method: 'POST',
    headers: headersOf(options, requestId),
    body: new Uint8Array(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(LONGEST_WAIT_MS),
  });
  await checkAnswer(response, requestId);
  return body.length;
}

function headersOf({ http, deliveryStreamArn }: HttpShipmentOptions, requestId: string): Record<string, string> {
  const attributes = Object.fromEntries(http.attributes.map(({ name, value }) => [name, value]));
  return {
    'content-type': 'application/json',
    'x-amz-firehose-protocol-version': '1.0',
    'x-amz-firehose-request-id': requestId,
    'x-amz-firehose-source-arn': deliveryStreamArn,
    ...(http.accessKey === '' ? {} : { 'x-amz-firehose-access-key': http.accessKey }),
    ...(http.attributes.length === 0
      ? {}
      : { 'x-amz-firehose-common-attributes': JSON.stringify({ commonAttributes: attributes }) }),
    ...(http.gzip ? { 'content-encoding': 'gzip' } : {}),
  };
}

/** Delivered is only what the endpoint answers with 200 and the request's own id. */
async function checkAnswer(response: Response, requestId: string): Promise<void> {
  const text = await response.text();
  if (response.status !== 200) {
    throw new EndpointError('DestinationException', `The endpoint answered with status ${response.status}.`);
  }
  let answer: { requestId?: unknown; timestamp?: unknown } | null;
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    answer = null;
  }
  if (answer?.requestId !== requestId) {
    throw new EndpointError('InvalidResponseFromDestination', "The endpoint's answer does not hold the request's id.");
  }
  if (typeof answer.timestamp !== 'number') {
    throw new EndpointError('InvalidResponseFromDestination', "The endpoint's answer holds no timestamp.");
  }
}
