import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeadLetter } from '../../shared/record/dead-letter.ts';
import type { handleReplay } from '../../shared/replay/handle.ts';
import { processingFailed } from '../factories/dead-letter.ts';
import {
  DELIVERY,
  ERRORS,
  LEDGER,
  QUARANTINE,
  type ReplayAccount,
  replayAccount,
  STREAM,
} from '../factories/replay-account.ts';

let account: ReplayAccount;
let handle: typeof handleReplay;
let streamArn: string;

beforeAll(async () => {
  account = await replayAccount();
  // With the environment that points to the account.
  ({ handleReplay: handle } = await import('../../shared/replay/handle.ts'));
  streamArn = account.kinesis.arnOf(STREAM);
});
afterAll(() => account.stop());
beforeEach(() => account.clear());
afterEach(() => vi.unstubAllEnvs());

const MINUTE = { remainingMs: () => 60_000 };
// biome-ignore lint/suspicious/noExplicitAny: an answer as it came
const replay = (event: object): Promise<any> => handle(event, undefined, MINUTE);

let objects = 0;
/** A key as Firehose makes it: of its own for each test, since the ledger remembers. */
function errorKey(folder = 'processing-failed'): string {
  objects += 1;
  const id = `fc19854e-f409-438d-a7f4-${String(objects).padStart(12, '0')}`;
  return `events/${folder}/2026/09/19/10/${DELIVERY}-1-2026-09-19-10-56-20-${id}`;
}

/** Puts an object with these records as lines of Firehose's. */
async function fail(records: readonly string[], members: object = {}, key = errorKey()): Promise<string> {
  await account.putObject(key, records.map((record) => `${processingFailed(record, members)}\n`).join(''));
  return key;
}

function letter(id: string, members: Partial<DeadLetter> = {}): string {
  const value: DeadLetter = {
    type: 'DeadLetter',
    version: 1,
    pipeline: 'redact',
    id,
    origin: {
      kind: 'kinesis',
      streamArn,
      shardId: 'shardId-000000000000',
      sequenceNumber: '1',
      partitionKey: `k-${id}`,
    },
    failure: { code: 'InvalidJson', stage: 'decode', message: 'm', retryable: false },
    attempt: 1,
    failedAt: '2026-09-19T09:11:52.059Z',
    bytes: 3,
    data: Buffer.from(`r-${id}`).toString('base64'),
    ...members,
  };
  return JSON.stringify(value);
}

function mapped(bodies: readonly string[]): object {
  const record = (body: string, index: number) => ({ eventSource: 'aws:sqs', messageId: `m-${index}`, body });
  return { Records: bodies.map(record) };
}

describe('messages of a mapping', () => {
  it('are put back where they came from, and those that are not done come again', async () => {
    const bodies = [letter('a'), 'no JSON', letter('b'), '{"KinesisBatchInfo":{}}', letter('c', { data: '%' })];
    expect(await replay(mapped(bodies))).toEqual({
      batchItemFailures: ['m-1', 'm-3', 'm-4'].map((itemIdentifier) => ({ itemIdentifier })),
    });
    expect(account.streamed().slice(-2).sort()).toEqual(['k-a r-a', 'k-b r-b']);
  });

  it('that come twice are put once, also under another id', async () => {
    const before = account.streamed().length;
    await replay(mapped([letter('twice')]));
    const again = { Records: [{ eventSource: 'aws:sqs', messageId: 'moved', body: letter('twice') }] };
    expect(await replay(again)).toEqual({ batchItemFailures: [] });
    expect(account.streamed()).toHaveLength(before + 1);
  });

  it('may tell of objects, directly, through SNS, or not at all', async () => {
    const [one, two] = [await fail(['one\n']), await fail(['two\n'])];
    const told = (key: string) => ({ Records: [{ s3: { bucket: { name: ERRORS }, object: { key } } }] });
    const bodies = [
      JSON.stringify(told(one)),
      JSON.stringify({ Type: 'Notification', Message: JSON.stringify(told(two)) }),
      JSON.stringify(told('gone')),
      JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: ERRORS }),
    ];
    expect(await replay(mapped(bodies))).toEqual({ batchItemFailures: [] });
    expect((await account.delivered()).toSorted()).toEqual(['one', 'two']);
    expect(await account.keysOf(ERRORS)).toEqual([]);
  });

  it('of log subscriptions go to the decoder, with a token', async () => {
    account.addFunction('decoder', '{ events: 1 }');
    const gzip = gzipSync('{"messageType":"DATA_MESSAGE"}').toString('base64');
    const failed = {
      version: '1.0',
      timestamp: '2026-09-19T09:11:52.059Z',
      requestPayload: { awslogs: { data: gzip } },
    };
    const own = letter('log', { origin: { kind: 'logs', logGroup: 'g', logStream: 's', eventId: 'e' } });
    expect(await replay(mapped([JSON.stringify(failed), own]))).toEqual({ batchItemFailures: [] });
    const data = account.events.map(({ event }) => (event.awslogs as { data: string }).data);
    expect(data.sort()).toEqual([gzip, Buffer.from('r-log').toString('base64')].sort());
    for (const { event } of account.events) expect(event.redrive).toMatchObject({ token: expect.any(String) });
  });

  it('come again where the decoder fails', async () => {
    account.addFunction('decoder', 'JSON.parse("no JSON")');
    const own = letter('log2', { origin: { kind: 'logs', logGroup: 'g', logStream: 's', eventId: 'e' } });
    expect(await replay(mapped([own]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
  });
});

describe('other events', () => {
  const published = (message: string) => ({
    Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'm', Message: message } }],
  });

  it('of a topic are messages too, and come again where they are not done', async () => {
    expect(await replay(published(letter('topic')))).toEqual({ batchItemFailures: [] });
    expect(account.streamed()).toContain('k-topic r-topic');
    await expect(replay(published('no JSON'))).rejects.toThrow('could not be replayed');
  });

  it('are refused rather than lost', async () => {
    await expect(replay({ Records: [{ eventSource: 'aws:kinesis', kinesis: {} }] })).rejects.toThrow(
      'neither a command',
    );
    await expect(replay({ Records: [] })).rejects.toThrow('neither a command');
    await expect(replay({})).rejects.toThrow('source must be');
  });
});

describe('objects that were just written', () => {
  const created = (key: string) => ({
    Records: [{ eventSource: 'aws:s3', s3: { bucket: { name: ERRORS }, object: { key } } }],
  });

  it('are replayed, and removed once every record is confirmed', async () => {
    const key = await fail(['one\n', 'two\n']);
    expect(await replay(created(key))).toMatchObject({ found: 2, replayed: 2, sources: { settled: 1 } });
    expect(await account.delivered()).toEqual(['one', 'two']);
    expect(await account.keysOf(ERRORS)).toEqual([]);
  });

  it('are replayed when EventBridge tells of them', async () => {
    const key = await fail(['bus\n']);
    const detail = { bucket: { name: ERRORS }, object: { key } };
    expect(await replay({ source: 'aws.s3', 'detail-type': 'Object Created', detail })).toMatchObject({ replayed: 1 });
    expect(await account.keysOf(ERRORS)).toEqual([]);
  });

  it('come again where they could not be put back', async () => {
    const key = await fail(['kept\n']);
    account.faults.firehosePut = () => 'ServiceUnavailableException';
    await expect(replay(created(key))).rejects.toThrow('could not be put back');
    expect(await account.keysOf(ERRORS)).toEqual([key]);
    delete account.faults.firehosePut;
    expect(await replay(created(key))).toMatchObject({ replayed: 1 });
    expect(await account.delivered()).toEqual(['kept']);
  });

  it('are left alone where they are no dead letters: a backup, what dead letters point to', async () => {
    for (const key of ['source-backup/events/x', 'dead-letters/redact/x', 'claims/redact/x']) {
      await account.putObject(key, 'everything that came in\n');
      expect(await replay(created(key))).toMatchObject({ found: 0 });
    }
    expect(await account.delivered()).toEqual([]);
  });
});

describe('a command', () => {
  it('goes through a prefix, and through every kind of object below it', async () => {
    await fail(['plain\n']);
    await account.putObject(errorKey(), gzipSync(`${processingFailed('packed\n')}\n`));
    const raw = {
      rawData: Buffer.from('converted\n').toString('base64'),
      ErrorCode: 'DataFormatConversion.ParseError',
    };
    await account.putObject(errorKey('format-conversion-failed'), `${JSON.stringify(raw)}\n`);
    const http = {
      rawData: Buffer.from('posted\n').toString('base64'),
      errorCode: 'HttpEndpoint.DestinationException',
    };
    await account.putObject(errorKey('http-endpoint-failed'), `${JSON.stringify(http)}\n`);
    await account.putObject('source-backup/x', 'not asked for\n');
    expect(await replay({ source: 'errors' })).toMatchObject({ found: 4, replayed: 4, bytes: 30 });
    expect((await account.delivered()).toSorted()).toEqual(['converted', 'packed', 'plain', 'posted']);
    expect(await account.keysOf(ERRORS)).toEqual(['source-backup/x']);
  });

  it('by a schedule is the same as one for the errors', async () => {
    await fail(['on time\n']);
    expect(await replay({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} })).toMatchObject({
      replayed: 1,
    });
  });

  it('sends a backup again where it is named, and leaves it there, tagged', async () => {
    await account.putObject('source-backup/events/x', gzipSync('{"n":1}{"n":2}\n{"rawData":"bm90IGEgZmFpbHVyZQ=="}\n'));
    expect(await replay({ source: `s3://${ERRORS}/source-backup/` })).toMatchObject({ replayed: 3 });
    expect((await account.delivered()).join('')).toBe('{"n":1}{"n":2}{"rawData":"bm90IGEgZmFpbHVyZQ=="}');
    expect(await account.keysOf(ERRORS)).toEqual(['source-backup/events/x']);
    expect(await replay({ source: `s3://${ERRORS}/source-backup/` })).toMatchObject({ replayed: 0 });
  });

  it('takes only what it asks for, by code, content and time', async () => {
    const at = (hour: number) => ({ arrivalTimestamp: Date.UTC(2026, 8, 19, hour) });
    const keys = [
      await fail(['{"user":{"id":"u-1"},"n":1}\n'], at(10)),
      await fail(['{"user":{"id":"u-1"},"n":2}\n'], { ...at(11), errorCode: 'Lambda.FunctionError' }),
      await fail(['{"user":{"id":"u-2"},"n":3}\n'], at(11)),
      await fail(['{"user":{"id":"u-1"},"n":4}\n'], at(12)),
    ];
    expect(await replay({ source: 'errors', errorCode: 'Lambda.FunctionError' })).toMatchObject({
      found: 4,
      matched: 1,
    });
    const within = { since: '2026-09-19T10:30:00Z', until: '2026-09-19T12:00:00Z' };
    expect(await replay({ source: 'errors', ...within, match: { 'user.id': 'u-1' } })).toMatchObject({ matched: 0 });
    expect(await replay({ source: 'errors', ...within })).toMatchObject({ matched: 1, replayed: 1 });
    expect(await replay({ source: 'errors', match: { user: { id: 'u-1' }, n: 4 } })).toMatchObject({ replayed: 1 });
    expect(await account.keysOf(ERRORS)).toEqual([keys[0]]);
  });

  it('changes nothing in a dry run, and shows what the records look like', async () => {
    const key = await fail(['{"email":"ana@example.com"}\n'.repeat(1), 'not JSON\n']);
    for (let n = 0; n < 25; n++) await account.queues.send('dead-letters', letter(`dry-${n}`));
    const items = await ledgerItems();
    const asked = await replay({ source: 'errors', dryRun: true });
    expect(asked).toMatchObject({ dryRun: true, found: 2, matched: 2, replayed: 0 });
    expect(asked.samples).toMatchObject([
      { code: 'Lambda.ProcessingFailedStatus', count: 2, shape: { email: '[STRING]' } },
    ]);
    expect(JSON.stringify(asked)).not.toContain('ana@');
    expect(await replay({ source: 'queue', dryRun: true })).toMatchObject({ found: 25, matched: 25 });
    expect(await ledgerItems()).toBe(items);
    expect(await account.keysOf(ERRORS)).toEqual([key]);
    expect(await account.delivered()).toEqual([]);
    expect(await replay({ source: 'queue' })).toMatchObject({ replayed: 25 });
  });

  it('stops at its limit, and goes on where it stopped', async () => {
    for (let n = 0; n < 3; n++) await fail(Array.from({ length: 10 }, (_, i) => `${n}-${i}\n`));
    for (const [replayed, left] of [
      [15, 2],
      [10, 1],
      [5, 0],
    ] as const) {
      expect(await replay({ source: 'errors', limit: replayed })).toMatchObject({ replayed });
      expect(await account.keysOf(ERRORS)).toHaveLength(left);
    }
    const delivered = await account.delivered();
    expect(new Set(delivered).size).toBe(30);
    expect(delivered).toHaveLength(30);
  });

  it('keeps to the rate it is given', async () => {
    await fail(Array.from({ length: 30 }, (_, n) => `${n}\n`));
    const began = performance.now();
    expect(await replay({ source: 'errors', ratePerSecond: 20 })).toMatchObject({ replayed: 30 });
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  it('puts records where it is told: a stream, a delivery stream, a function', async () => {
    await fail(['{"to":1}']);
    expect(await replay({ source: 'errors', to: { stream: STREAM } })).toMatchObject({ replayed: 1 });
    expect(account.streamed().some((text) => text.endsWith(' {"to":1}'))).toBe(true);
    await account.queues.send('dead-letters', letter('elsewhere'));
    expect(await replay({ source: 'queue', to: { deliveryStream: DELIVERY } })).toMatchObject({ replayed: 1 });
    expect(await account.delivered()).toEqual(['r-elsewhere']);
    account.addFunction(
      'consumer',
      '{ batchItemFailures: [{ itemIdentifier: event.Records[2].kinesis.sequenceNumber }] }',
    );
    const key = await fail(['a', 'b', 'c', 'd']);
    const answer = await replay({ source: 'errors', to: { function: 'consumer' } });
    expect(answer).toMatchObject({ replayed: 2, failed: { FunctionFailed: 2 } });
    expect(await account.keysOf(ERRORS)).toEqual([key]);
  });

  it('says so where nothing tells where a record came from', async () => {
    vi.stubEnv('DELIVERY_STREAM', '');
    await account.putObject('own.ndjson', '{"n":1}\n');
    expect(await replay({ source: 'errors' })).toMatchObject({ replayed: 0, failed: { UnknownOrigin: 1 } });
    expect(await account.keysOf(ERRORS)).toEqual(['own.ndjson']);
  });

  it('goes on in another invocation when its time runs out', async () => {
    account.addFunction('replayer', 'null');
    for (let n = 0; n < 4; n++) await fail([`${n}\n`]);
    let asked = 0;
    const deadline = { remainingMs: () => (asked++ < 6 ? 60_000 : 1_000) };
    const answer = await handle(
      { source: 'errors', errorCode: 'Lambda.ProcessingFailedStatus' },
      { functionName: 'replayer' },
      deadline,
    );
    expect(answer).toMatchObject({ continuation: { runs: 1 } });
    await vi.waitFor(() => expect(account.events).toHaveLength(1));
    const next = account.events[0]?.event as object;
    expect(next).toMatchObject({ source: 'errors', errorCode: 'Lambda.ProcessingFailedStatus' });
    expect(await replay(next)).toMatchObject({ found: 4, replayed: 4 });
    expect((await account.delivered()).toSorted()).toEqual(['0', '1', '2', '3']);
  });

  it('is carried out once where two are under way', async () => {
    for (let n = 0; n < 5; n++) await fail([`${n}-a\n`, `${n}-b\n`]);
    const answers = await Promise.all([replay({ source: 'errors' }), replay({ source: 'errors' })]);
    expect(answers[0].replayed + answers[1].replayed).toBe(10);
    expect(await account.delivered()).toHaveLength(10);
  });

  it('can be for what was put aside', async () => {
    const aside = {
      type: 'QuarantinedRecord',
      version: 1,
      code: 'C',
      arrival: 1,
      data: Buffer.from('saved\n').toString('base64'),
    };
    await account.putObject('records/2026-09-19/x.json', `${JSON.stringify(aside)}\n`, QUARANTINE);
    expect(await replay({ source: `s3://${QUARANTINE}/records/` })).toMatchObject({ replayed: 1 });
    expect(await account.delivered()).toEqual(['saved']);
    expect(await account.keysOf(QUARANTINE)).toEqual([]);
  });
});

describe('hostile sources', () => {
  const line = `${processingFailed('good\n')}\n`;
  it.each([
    ['half a line at the end', `${line}${line.slice(0, 90)}`, 'HalfLine', 1],
    ['half a line in the middle', `${line.slice(0, 90)}\n${line}`, 'NotJson', 1],
    ['the second half of a line', `${line.slice(90)}${line}`, 'NotJson', 1],
    ['a document of another kind', `{"n":1}\n${line}`, 'UnknownDeadLetter', 1],
    ['raw data that is none', `${processingFailed('', { rawData: '%%' })}\n${line}`, 'BadRawData', 1],
    ['a truncated gzip', gzipSync(line.repeat(3)).subarray(0, -9), 'BrokenGzip', 3],
    ['a bomb', gzipSync(Buffer.alloc(40_000_000, 'a')), 'LineTooLong', 0],
    [
      'garbage behind a whole member',
      Buffer.concat([gzipSync(line), Buffer.from('\x1f\x8b\x08 garbage')]),
      'BrokenGzip',
      0,
    ],
    ['Parquet', Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(99, 10)]), 'UnsupportedContent', 0],
  ])('%s: told by its code, and kept', async (_, body, code, replayed) => {
    const key = errorKey();
    await account.putObject(key, body);
    const answer = await replay({ source: 'errors' });
    expect(answer).toMatchObject({ replayed, unreadable: { [code]: 1 }, sources: { settled: 0 } });
    expect(await account.keysOf(ERRORS)).toEqual([key]);
    expect(await replay({ source: 'errors' })).toMatchObject({ replayed: 0, unreadable: { [code]: 1 } });
  });

  it('messages that are no JSON stay in their queue', async () => {
    for (const body of ['no JSON', '[]', '{"Records":"?"}', letter('x', { data: '%' })])
      await account.queues.send('dead-letters', body);
    const answer = await replay({ source: 'queue' });
    expect(answer).toMatchObject({ replayed: 0, unreadable: { NotJson: 1, UnknownDeadLetter: 2, BadData: 1 } });
    expect(await account.queues.depth('dead-letters')).toBe(4);
  });
});

async function ledgerItems(): Promise<number> {
  const { DynamoDBClient, ScanCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient({});
  const { Count = 0 } = await client.send(new ScanCommand({ TableName: LEDGER, Select: 'COUNT' }));
  client.destroy();
  return Count;
}
