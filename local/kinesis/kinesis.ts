/** Kinesis Data Streams: the API for clients, and the streams for the account's own parts. */
import type { AwsService, Streams } from '../account/contracts.ts';
import { awsJsonService } from '../gateway/json-service.ts';
import { consumerOperations } from './consumers.ts';
import { describeOperations } from './describe.ts';
import { readOperations } from './get-records.ts';
import { manageOperations } from './manage.ts';
import { putOperations } from './put-records.ts';
import { createStore, type KinesisOptions, streamsOf } from './store.ts';
import type { NewStream } from './stream.ts';
import { subscribeOperations } from './subscribe.ts';
import { tagOperations } from './tags.ts';

export type { KinesisOptions } from './store.ts';

export interface Kinesis extends AwsService, Streams {
  /** Makes a stream, ready at once; gives its ARN. */
  create(wanted: NewStream): string;
  /** Registers an enhanced fan-out consumer, under the ARN given if one is; gives its ARN. */
  addConsumer(stream: string, name: string, arn?: string): string;
  /** Lets go of every record, on disk too. */
  stop(): void;
}

/** 10 MiB of records as base64, with their keys. */
const LARGEST_BODY = 20 * 1024 * 1024;

export function createKinesis(options: KinesisOptions): Kinesis {
  const store = createStore(options);
  const service = awsJsonService({
    names: ['kinesis'],
    targetPrefix: 'Kinesis_20131202',
    version: '1.1',
    maxBodyBytes: LARGEST_BODY,
    operations: {
      ...putOperations(store),
      ...readOperations(store),
      ...describeOperations(store),
      ...manageOperations(store),
      ...consumerOperations(store),
      ...subscribeOperations(store),
      ...tagOperations(store),
    },
  });
  return {
    ...service,
    ...streamsOf(store),
    create: (wanted) => store.create(wanted).arn,
    addConsumer: (stream, name, arn) => store.addConsumer(store.stream(stream), name, arn).arn,
    stop() {
      for (const stream of [...store.streams.values()]) store.remove(stream);
    },
  };
}
