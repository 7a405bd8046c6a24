import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import type { Faults } from '../../../local/account/contracts.ts';
import { createTargets } from '../../../local/account/targets.ts';
import { createKinesis } from '../../../local/kinesis/kinesis.ts';
import { createFunctions } from '../../../local/lambda/functions.ts';
import { createMappings } from '../../../local/mappings/mappings.ts';
import { createQueues } from '../../../local/sqs/queues.ts';

const place = { region: 'us-east-1', accountId: '000000000000' };

/** Streams, queues, functions and mappings as the account has them, and a function that writes down what it gets. */
function start(source: string) {
  const directory = mkdtempSync(path.join(tmpdir(), 'sluice-test-'));
  const notes = path.join(directory, 'notes.txt');
  appendFileSync(notes, '');
  writeFileSync(path.join(directory, 'index.cjs'), source);
  const clock = createClock();
  const faults: Faults = {};
  const kinesis = createKinesis({ ...place, clock, faults, limits: false });
  const queues = createQueues({ ...place, clock, faults, endpoint: 'http://127.0.0.1:4566' });
  const targets = createTargets(() => ({ queues, streams: kinesis, functions }));
  const functions = createFunctions({
    ...place,
    clock,
    faults,
    endpoint: () => 'http://127.0.0.1:4566',
    targets: () => targets,
  });
  const mappings = createMappings({ ...place, clock, functions, streams: kinesis, queues, targets: () => targets });
  onTestFinished(async () => {
    await mappings.stop();
    await functions.stop();
    kinesis.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const environment = { Environment: { Variables: { NOTES: notes } } };
  const properties = { FunctionName: 'f', Handler: 'index.handler', MemorySize: 256, Timeout: 20, ...environment };
  functions.create({ logicalId: 'F', type: 'AWS::Lambda::Function', properties }, { directory });
  const map = (mapping: Record<string, unknown>) => {
    const type = 'AWS::Lambda::EventSourceMapping';
    mappings.create({ logicalId: 'M', type, properties: { FunctionName: 'f', ...mapping } });
  };
  const drain = async () => {
    while (!mappings.idle() || !functions.idle()) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await clock.advance(200);
    }
  };
  const lines = () => readFileSync(notes, 'utf8').split('\n').filter(Boolean);
  return { clock, faults, kinesis, queues, functions, mappings, map, drain, lines };
}

const noteRecords = `
const { appendFileSync } = require('node:fs');
exports.handler = async ({ Records }) => {
  const lines = Records.map(({ kinesis }) => kinesis.partitionKey + ' ' + Buffer.from(kinesis.data, 'base64') + '\\n');
  appendFileSync(process.env.NOTES, lines.join(''));
};`;

test('every record arrives, in order for each key, while processes die and shards split', async () => {
  const account = start(noteRecords);
  account.kinesis.create({ name: 'events', shardCount: 2 });
  let calls = 0;
  account.faults.invoke = () => (++calls % 7 === 0 ? 'crash' : undefined);
  account.map({ EventSourceArn: account.kinesis.arnOf('events'), StartingPosition: 'TRIM_HORIZON', BatchSize: 50 });
  const put = (from: number, to: number) => {
    for (let index = from; index < to; index += 100) {
      const entries = Array.from({ length: 100 }, (_, offset) => ({
        partitionKey: `key-${(index + offset) % 37}`,
        data: Buffer.from(String(index + offset)),
      }));
      account.kinesis.put('events', entries);
    }
  };
  put(0, 2000);
  await split(account.kinesis, 'events');
  put(2000, 4000);
  await account.drain();
  const seen = account.lines().map((line) => line.split(' ') as [string, string]);
  expect(new Set(seen.map(([, number]) => number)).size).toBe(4000);
  expect(seen.length).toBeGreaterThan(4000);
  const first = new Map<string, number>();
  for (const [key, text] of seen) {
    const [last, number] = [first.get(key) ?? -1, Number(text)];
    // What was seen before may come again; what is new comes in order.
    if (number > last) expect(number - last === 37 || last === -1).toBe(true);
    first.set(key, Math.max(last, number));
  }
  expect(account.functions.figures()[0]?.errors).toBeGreaterThan(5);
  expect(account.mappings.figures()[0]?.discarded).toEqual({});
});

async function split(kinesis: ReturnType<typeof createKinesis>, stream: string): Promise<void> {
  const [shard] = kinesis.shards(stream);
  const body = { StreamName: stream, ShardToSplit: shard?.shardId, NewStartingHashKey: String(2n ** 126n) };
  await kinesis.handle({
    service: 'kinesis',
    operation: 'SplitShard',
    method: 'POST',
    url: '/',
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
    accessKeyId: 'local',
  });
  expect(kinesis.shards(stream).length).toBe(4);
}

test('what a function fails on ends in the queue, and a second function reads it from there', async () => {
  const source = `
  const { appendFileSync } = require('node:fs');
  exports.handler = async ({ Records }) => {
    for (const record of Records) {
      if (record.eventSource === 'aws:sqs') {
        appendFileSync(process.env.NOTES, JSON.parse(record.body).KinesisBatchInfo.batchSize + '\\n');
      } else if (Buffer.from(record.kinesis.data, 'base64').toString() === 'poison') {
        return { batchItemFailures: [{ itemIdentifier: record.kinesis.sequenceNumber }] };
      }
    }
  };`;
  const account = start(source);
  account.kinesis.create({ name: 'events', shardCount: 1 });
  const { arn } = account.queues.createQueue({ name: 'letters' });
  account.map({ EventSourceArn: arn });
  account.map({
    EventSourceArn: account.kinesis.arnOf('events'),
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination: arn } },
  });
  const entries = ['a', 'poison', 'b'].map((text) => ({ partitionKey: 'k', data: Buffer.from(text) }));
  account.kinesis.put('events', entries);
  await account.drain();
  expect(account.lines()).toEqual(['2']);
  expect(await account.queues.depth(arn)).toBe(0);
});

test('a stream that is gone stops nothing else', async () => {
  const account = start(noteRecords);
  account.kinesis.create({ name: 'first', shardCount: 1 });
  account.kinesis.create({ name: 'second', shardCount: 1 });
  for (const name of ['first', 'second']) {
    account.map({ EventSourceArn: account.kinesis.arnOf(name), StartingPosition: 'TRIM_HORIZON' });
  }
  await account.kinesis.handle({
    service: 'kinesis',
    operation: 'DeleteStream',
    method: 'POST',
    url: '/',
    headers: {},
    body: Buffer.from('{"StreamName":"first"}'),
    accessKeyId: 'local',
  });
  await account.clock.advance(5000);
  account.kinesis.put('second', [{ partitionKey: 'k', data: Buffer.from('x') }]);
  await account.drain();
  expect(account.lines()).toEqual(['k x']);
});
