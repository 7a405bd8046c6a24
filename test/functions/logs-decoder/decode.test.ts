import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDecoder, UndeliveredError } from '../../../functions/logs-decoder/decode.ts';
import { pipelineNamed } from '../../../pipelines/index.ts';
import { cloudwatchLogs, definePipeline, drop, ndjson, where } from '../../../shared/pipeline/index.ts';
import { type DeadLetter, readDeadLetter } from '../../../shared/record/dead-letter.ts';
import { ownLogGroups, UnknownEventError } from '../../../shared/sources/cloudwatch-logs.ts';
import { awsError, createFakeAws, type FakeAws } from '../../factories/fake-aws.ts';
import { logEnvelope, packedEnvelopes } from '../../factories/log-envelope.ts';

const connection = vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  return { fake: undefined as unknown as FakeAws };
});
vi.mock('../../../shared/platform/clients.ts', async () => {
  const { connectionsTo } = await import('../../factories/fake-aws.ts');
  return connectionsTo(() => connection.fake);
});

const QUEUE = 'https://queue';
const MINUTE = { remainingMs: () => 60_000 };

let fake: FakeAws;
beforeEach(() => {
  fake = createFakeAws();
  connection.fake = fake;
  vi.stubEnv('DELIVERY_STREAM', 'logs');
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', QUEUE);
});

const decode = createDecoder(pipelineNamed('application-logs'), ['/aws/lambda/own-']);
const awslogs = (data: string) => ({ awslogs: { data: btoa(data) } });
const run = (data: string, decoder = decode, deadline = MINUTE) => decoder(awslogs(data), deadline, 'r-1');

// biome-ignore lint/suspicious/noExplicitAny: documents as they were delivered
function delivered(): any[] {
  const letters = new Set(fake.messages.get(QUEUE) ?? []);
  const entries = fake.held.map(({ bytes }) => bytes.toString()).filter((text) => !letters.has(text));
  return entries.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line));
}

function deadLetters(): DeadLetter[] {
  return (fake.messages.get(QUEUE) ?? []).map((body) => readDeadLetter(body)!);
}

/** What a replay of a dead letter hands the decoder. */
function replayOf({ data = '' }: DeadLetter): string {
  return Buffer.from(data, 'base64').toString('latin1');
}

describe('a message of a log subscription', () => {
  it('becomes a document for each event, of every member, masked', async () => {
    const two = packedEnvelopes(
      logEnvelope(['ana@example.com signed in']),
      logEnvelope(['b'], { logStream: 'cart-2' }),
    );
    expect(await run(two)).toEqual({ events: 2, delivered: 2, dropped: 0, deadLettered: 0 });
    expect(delivered()).toMatchObject([{ message: '[EMAIL] signed in', logStream: 'cart-1' }, { logStream: 'cart-2' }]);
  });

  it.each([
    ['a member is cut off', () => packedEnvelopes(logEnvelope(['a']), logEnvelope(['b'])).slice(0, -3), 'InvalidGzip'],
    ['a bomb is in it', () => gzipSync(Buffer.alloc(40_000_000, ' ')).toString('latin1'), 'UnpackedTooLarge'],
    ['it is not JSON', () => gzipSync('{"messageType":').toString('latin1'), 'InvalidJson'],
    [
      'fields are missing',
      () => gzipSync('{"messageType":"DATA_MESSAGE","owner":"1"}').toString('latin1'),
      'InvalidLogEnvelope',
    ],
    ['it is empty', () => '', 'EmptyRecord'],
  ])('fails whole where %s, and is kept as it came', async (_, make, code) => {
    const data = make();
    expect(await run(data)).toEqual({ events: 1, delivered: 0, dropped: 0, deadLettered: 1 });
    expect(delivered()).toEqual([]);
    expect(deadLetters()).toMatchObject([{ failure: { code }, origin: { kind: 'logs' } }]);
    expect(replayOf(deadLetters()[0]!)).toBe(data);
  });

  it('is kept where its base64 is none, and refused where there is none', async () => {
    await decode({ awslogs: { data: 'no base64 at all é' } }, MINUTE, 'r-1');
    expect(Buffer.from(deadLetters()[0]?.data ?? '', 'base64').toString()).toBe('no base64 at all é');
    for (const event of [{}, null, { awslogs: {} }, { Records: [] }])
      await expect(decode(event, MINUTE, 'r-1')).rejects.toThrow(UnknownEventError);
  });

  it("is dropped where it is of the suite's own log groups", async () => {
    const own = packedEnvelopes(
      logEnvelope(['a', 'b'], { logGroup: '/aws/lambda/own-logsDecoder' }),
      logEnvelope(['c'], { logGroup: '/aws/lambda/owner' }),
    );
    expect(await run(own)).toEqual({ events: 3, delivered: 1, dropped: 2, deadLettered: 0 });
    expect(delivered()).toMatchObject([{ logGroup: '/aws/lambda/owner' }]);
  });

  it('knows its own log group without being told', () => {
    expect(ownLogGroups('/aws/lambda/a-, /aws/kinesisfirehose/a', '/aws/lambda/b')).toEqual([
      '/aws/lambda/a-',
      '/aws/kinesisfirehose/a',
      '/aws/lambda/b',
    ]);
    expect(ownLogGroups(undefined, undefined)).toEqual([]);
  });
});

describe('log events that can not be delivered', () => {
  const joinNothing = createDecoder(
    definePipeline({
      name: 'logs',
      input: cloudwatchLogs(),
      steps: [drop('health checks', where('message').matches(/health/))],
      output: ndjson(),
    }),
    [],
  );

  it('go to the dead-letter queue, each as the message that held it alone, and come to the same when it is replayed', async () => {
    fake.failCommand = (command) =>
      command === 'PutRecordBatchCommand' ? awsError('AccessDeniedException') : undefined;
    const fields = { '@aws.region': 'eu-west-1' };
    const envelope = logEnvelope(['Error: x', '    at y', 'GET /health', 'last'], {
      policyLevel: 'ACCOUNT_LEVEL_POLICY',
    });
    (envelope as { logEvents: object[] }).logEvents[3] = {
      id: '9',
      timestamp: 1,
      message: 'last',
      extractedFields: fields,
    };
    const answer = await run(packedEnvelopes(envelope), joinNothing);
    expect(answer).toEqual({ events: 3, delivered: 0, dropped: 1, deadLettered: 2 });
    const letters = deadLetters();
    expect(letters).toMatchObject([
      { failure: { code: 'DestinationUnavailable' }, origin: { logGroup: '/shop/cart', logStream: 'cart-1' } },
      { origin: { eventId: '9' } },
    ]);
    for (const letter of letters) {
      fake.messages.clear();
      await run(replayOf(letter), joinNothing);
      // The same bytes: attempts are told by them.
      expect(deadLetters()[0]?.data).toBe(letter.data);
    }
    fake.failCommand = () => undefined;
    fake.held.length = 0;
    for (const letter of letters) await run(replayOf(letter), joinNothing);
    expect(delivered()).toMatchObject([
      { message: 'Error: x\n    at y', policyLevel: 'ACCOUNT_LEVEL_POLICY' },
      { message: 'last', extractedFields: fields, timestamp: '1970-01-01T00:00:00.001Z' },
    ]);
  });

  it('fail the invocation where they can not be kept either, so that the message comes again', async () => {
    fake.failCommand = () => awsError('AccessDeniedException');
    await expect(run(packedEnvelopes(logEnvelope(['a', 'b'])), joinNothing)).rejects.toThrow(UndeliveredError);
  });

  it('are sent again where Firehose takes only some', async () => {
    let refused = 0;
    fake.failEntry = () => (refused++ < 1 ? 'ServiceUnavailableException' : undefined);
    expect(await run(packedEnvelopes(logEnvelope(['a', 'b'])), joinNothing)).toMatchObject({ delivered: 2 });
    expect(delivered()).toHaveLength(2);
  });
});
