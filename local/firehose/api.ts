/** The operations of the API. https://docs.aws.amazon.com/firehose/latest/APIReference/API_Operations.html */
import type { JsonObject, JsonOperation } from '../gateway/json-service.ts';
import { input } from '../gateway/shape.ts';
import type { Entry } from './entry.ts';
import { invalidArgument } from './errors.ts';
import { type PutOptions, putRecord, putRecordBatch, STREAM_NAME } from './puts.ts';
import { addTags, listTags } from './tags.ts';

export interface DeliveryStreamTable {
  make(name: string, request: JsonObject): Entry;
  /** Throws ResourceNotFoundException. */
  find(name: string): Entry;
  remove(entry: Entry): Promise<void>;
  all(): Entry[];
}

const READ_NAME = input({ DeliveryStreamName: STREAM_NAME });

export function firehoseOperations(
  streams: DeliveryStreamTable,
  fault: PutOptions['fault'],
): Readonly<Record<string, JsonOperation>> {
  const named = (request: JsonObject): Entry => streams.find(READ_NAME(request).DeliveryStreamName);
  const puts: PutOptions = { target: (name) => streams.find(name).directPut(), fault };
  return {
    CreateDeliveryStream(request) {
      const { DeliveryStreamName: name } = READ_NAME(request);
      return { DeliveryStreamARN: streams.make(name, request).arn };
    },
    async DeleteDeliveryStream(request) {
      await streams.remove(named(request));
      return {};
    },
    DescribeDeliveryStream: (request) => ({ DeliveryStreamDescription: named(request).describe() }),
    ListDeliveryStreams: (request) => listStreams(streams.all(), request),
    PutRecord: (request) => putRecord(request, puts),
    PutRecordBatch: (request) => putRecordBatch(request, puts),
    UpdateDestination(request) {
      named(request).update(request);
      return {};
    },
    StartDeliveryStreamEncryption(request) {
      // Without a configuration: the key that AWS owns.
      const wanted = (request.DeliveryStreamEncryptionConfigurationInput ?? { KeyType: 'AWS_OWNED_CMK' }) as JsonObject;
      named(request).encrypt(wanted);
      return {};
    },
    StopDeliveryStreamEncryption(request) {
      named(request).encrypt(undefined);
      return {};
    },
    TagDeliveryStream(request) {
      addTags(named(request).tags, request.Tags);
      return {};
    },
    UntagDeliveryStream(request) {
      const { tags } = named(request);
      for (const key of Array.isArray(request.TagKeys) ? request.TagKeys : []) tags.delete(String(key));
      return {};
    },
    ListTagsForDeliveryStream: (request) => listTags(named(request).tags, request.ExclusiveStartTagKey, request.Limit),
  };
}

function listStreams(entries: readonly Entry[], request: JsonObject): object {
  const { Limit = 10, ExclusiveStartDeliveryStreamName: after = '', DeliveryStreamType: type } = request;
  const limit = Number(Limit);
  if (!(limit >= 1 && limit <= 10_000)) throw invalidArgument('Limit must be between 1 and 10000.');
  const names = entries
    .filter((entry) => entry.name > String(after) && (type === undefined || entry.type === type))
    .map((entry) => entry.name)
    .sort();
  return { DeliveryStreamNames: names.slice(0, limit), HasMoreDeliveryStreams: names.length > limit };
}
