import {
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  type PutRecordCommandOutput,
  type ShardIteratorType,
} from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach } from 'vitest';
import { createKinesis, type Kinesis } from '../../../local/kinesis/kinesis.ts';
import { type LocalEndpoint, openEndpoint } from '../../factories/local-endpoint.ts';

export const ACCOUNT = '123456789012';
export const HOUR = 3_600_000;
export const FIRST = 'shardId-000000000000';
export const HALF = (1n << 127n).toString();

/** A new account's Kinesis before each test, with an unmodified client and calls in few words on a stream `s`. */
export interface KinesisWorld {
  local: LocalEndpoint;
  kinesis: Kinesis;
  client: KinesisClient;
  put(data: string, more?: { key?: string; hash?: string; stream?: string }): Promise<PutRecordCommandOutput>;
  iterator(type: ShardIteratorType, more?: { shard?: string; number?: string; at?: number }): Promise<string>;
  get(from: string, limit?: number): Promise<GetRecordsCommandOutput>;
  read(type: ShardIteratorType, more?: { shard?: string; number?: string; at?: number }): Promise<string[]>;
}

/** `frozen`: time stands still but for what a test advances, however slow the machine. */
export function useKinesis({ frozen = false } = {}): KinesisWorld {
  const world = calls();
  beforeEach(async () => {
    const wall = Date.now();
    world.local = await openEndpoint(
      ({ clock, faults }) => {
        world.kinesis = createKinesis({ clock, faults, accountId: ACCOUNT, region: 'us-east-1' });
        return [world.kinesis];
      },
      frozen ? () => wall : undefined,
    );
    world.client = new KinesisClient(world.local.client);
  });
  afterEach(async () => {
    world.client.destroy();
    world.kinesis.stop();
    await world.local.stop();
  });
  return world;
}

function calls(): KinesisWorld {
  const world = {
    put: (data, more = {}) =>
      world.client.send(
        new PutRecordCommand({
          StreamName: more.stream ?? 's',
          PartitionKey: more.key ?? 'k',
          Data: Buffer.from(data),
          ...(more.hash === undefined ? {} : { ExplicitHashKey: more.hash }),
        }),
      ),
    async iterator(type, more = {}) {
      const answer = await world.client.send(
        new GetShardIteratorCommand({
          StreamName: 's',
          ShardId: more.shard ?? FIRST,
          ShardIteratorType: type,
          ...(more.number === undefined ? {} : { StartingSequenceNumber: more.number }),
          ...(more.at === undefined ? {} : { Timestamp: new Date(more.at) }),
        }),
      );
      return answer.ShardIterator as string;
    },
    get: (from, limit) =>
      world.client.send(
        new GetRecordsCommand({ ShardIterator: from, ...(limit === undefined ? {} : { Limit: limit }) }),
      ),
    read: async (type, more = {}) => texts(await world.get(await world.iterator(type, more))),
  } as KinesisWorld;
  return world;
}

export const texts = (answer: GetRecordsCommandOutput): string[] =>
  (answer.Records ?? []).map((record) => Buffer.from(record.Data as Uint8Array).toString());
