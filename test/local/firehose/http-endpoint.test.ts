import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { base64, documents, type FakeAccount, fakeAccount, figuresOf, resource, s3, text } from './account.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: { requestId: string; timestamp: number; records: { data: string }[] };
}

type Respond = (received: Received, times: number) => { status: number; body: string };

const accepted: Respond = ({ body }) => ({
  status: 200,
  body: JSON.stringify({ requestId: body.requestId, timestamp: Date.now() }),
});

async function start(respond: Respond, change: Record<string, unknown> = {}) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      const one = { headers: request.headers, body: JSON.parse(plain.toString()) as Received['body'] };
      received.push(one);
      const { status, body } = respond(one, received.length);
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const account = fakeAccount();
  onTestFinished(() => account.stop());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  const http = {
    EndpointConfiguration: { Url: url, Name: 'endpoint', AccessKey: 'key-1' },
    RequestConfiguration: { CommonAttributes: [{ AttributeName: 'stage', AttributeValue: 'dev' }] },
    BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
    RetryOptions: { DurationInSeconds: 0 },
    S3Configuration: s3(),
    ...change,
  };
  const parts = { ExtendedS3DestinationConfiguration: undefined, HttpEndpointDestinationConfiguration: http };
  account.firehose.create(resource({}, parts));
  return { account, received };
}

const put = (account: FakeAccount, ...records: string[]) =>
  account.firehose.put(
    'delivery',
    records.map((record) => Buffer.from(record)),
  );

describe('an HTTP endpoint', () => {
  it("is sent AWS's requests", async () => {
    const { account, received } = await start(accepted);
    await put(account, 'a', 'b');
    await account.firehose.flush();
    expect(received).toHaveLength(1);
    expect(received[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      'x-amz-firehose-protocol-version': '1.0',
      'x-amz-firehose-request-id': received[0]!.body.requestId,
      'x-amz-firehose-source-arn': 'arn:aws:firehose:us-east-1:123456789012:deliverystream/delivery',
      'x-amz-firehose-access-key': 'key-1',
      'x-amz-firehose-common-attributes': '{"commonAttributes":{"stage":"dev"}}',
    });
    expect(received[0]!.body).toEqual({
      requestId: expect.any(String),
      timestamp: account.clock.now(),
      records: [{ data: base64('a') }, { data: base64('b') }],
    });
    expect(figuresOf(account)).toMatchObject({ delivered: 2, objects: 1, held: 0 });
  });

  it('can be sent gzip, and everything be backed up', async () => {
    const gzip = { RequestConfiguration: { ContentEncoding: 'GZIP' }, S3BackupMode: 'AllData' };
    const { account, received } = await start(accepted, gzip);
    await put(account, 'a');
    await account.firehose.flush();
    expect(received[0]!.headers['content-encoding']).toBe('gzip');
    expect(account.stored.map((object) => object.body.toString())).toEqual(['a']);
  });

  it('is tried again with the same request id until it takes the records', async () => {
    const { account, received } = await start(
      (one, times) => (times < 3 ? { status: 500, body: '' } : accepted(one, times)),
      { RetryOptions: { DurationInSeconds: 300 } },
    );
    await put(account, 'a');
    await account.firehose.flush();
    expect(new Set(received.map((one) => one.body.requestId)).size).toBe(1);
    expect(received).toHaveLength(3);
    expect(figuresOf(account)).toMatchObject({ delivered: 1, failed: {} });
  });

  it.each<[string, Respond, string]>([
    ['an error', () => ({ status: 403, body: '' }), 'HttpEndpoint.DestinationException'],
    [
      'another request id',
      () => ({ status: 200, body: '{"requestId":"x","timestamp":1}' }),
      'HttpEndpoint.InvalidResponseFromDestination',
    ],
    ['no JSON', () => ({ status: 200, body: 'thanks' }), 'HttpEndpoint.InvalidResponseFromDestination'],
  ])('that answers with %s has its records kept', async (_name, respond, code) => {
    const { account } = await start(respond);
    await put(account, 'a', 'b');
    await account.firehose.flush();
    const kept = account.under('http-endpoint-failed/').flatMap(documents);
    expect(kept.map((one) => [text(one.rawData as string), one.errorCode])).toEqual([
      ['a', code],
      ['b', code],
    ]);
    await sleep(0);
    expect(account.firehose.idle()).toBe(true);
  });
});
