import { describe, expect, it } from 'vitest';
import { json, ndjson } from '../../shared/formats/index.ts';
import { compilePipeline } from '../../shared/pipeline/compile.ts';
import { allEndings, readableRecords, readFirehoseEvent } from '../../shared/sources/firehose.ts';
import { createEndings } from '../../shared/sources/firehose-answer.ts';
import type { FirehoseBatch } from '../../shared/sources/firehose-batch.ts';
import {
  base64,
  DELIVERY_STREAM_ARN,
  directPutEvent,
  kinesisSourceEvent,
  SOURCE_STREAM_ARN,
} from '../factories/firehose-event.ts';

/** The records, their bytes read. */
function read(batch: FirehoseBatch) {
  return readableRecords(batch).map(({ id, data, arrival, position }) => ({
    id,
    data,
    arrival,
    ...(position && { position }),
  }));
}

describe('a Firehose transformation event', () => {
  it('by Direct PUT has arrival times, and goes back to the delivery stream', () => {
    const batch = readFirehoseEvent(directPutEvent(['{"é":1}', '']));
    expect(batch).toMatchObject({
      deliveryStream: 'clickstream',
      origin: { kind: 'deliveryStream', name: 'clickstream' },
    });
    expect(read(batch)).toEqual([
      { id: 'r0', data: '{"\xc3\xa9":1}', arrival: 1789809023187 },
      { id: 'r1', data: '', arrival: 1789809023187 },
    ]);
  });

  it('from a stream has positions, and goes back to the stream', () => {
    const batch = readFirehoseEvent(kinesisSourceEvent(['1']));
    expect(batch.origin).toEqual({ kind: 'stream', arn: SOURCE_STREAM_ARN });
    expect(readableRecords(batch)[0]?.position).toMatchObject({ shardId: 'shardId-000000000000', partitionKey: 'k0' });
  });

  it('from MSK holds its bytes in kafkaRecordValue, and can go nowhere back', () => {
    const event = {
      invocationId: 'i',
      sourceMSKArn: 'arn:aws:kafka:us-east-1:123456789012:cluster/c/1',
      deliveryStreamArn: DELIVERY_STREAM_ARN,
      region: 'us-east-1',
      records: [
        {
          recordId: 'r0',
          approximateArrivalTimestamp: 1789809023187,
          kafkaRecordValue: base64('{}'),
          kafkaRecordMetadata: { offset: '17', partitionId: '3', approximateArrivalTimestamp: 1789809023187 },
        },
      ],
    };
    const batch = readFirehoseEvent(event);
    expect(batch.origin).toBeUndefined();
    expect(read(batch)).toEqual([
      {
        id: 'r0',
        data: '{}',
        arrival: 1789809023187,
        position: { shardId: '3', sequenceNumber: '17', partitionKey: '' },
      },
    ]);
  });

  it('is read where only some names are in another case', () => {
    const metadata = { shardId: 'shardId-000000000000', sequenceNumber: '1', partitionKey: 'k' };
    const event = {
      deliveryStreamArn: DELIVERY_STREAM_ARN,
      records: [{ recordId: 'a', data: base64('{}'), KinesisRecordMetadata: metadata }],
    };
    expect(read(readFirehoseEvent(event))).toMatchObject([{ id: 'a', data: '{}', position: { partitionKey: 'k' } }]);
  });

  it('is read whatever the case of its names, and whatever times are written as', () => {
    const event = {
      DeliveryStreamArn: DELIVERY_STREAM_ARN,
      Records: [
        { RecordID: 'a', Data: base64('1'), ApproximateArrivalTimestamp: '1789809023187' },
        {
          recordid: 'b',
          data: base64('2'),
          KinesisRecordMetadata: {
            ShardId: 's',
            SequenceNumber: 5,
            SubsequenceNumber: '3',
            approximateArrivalTimestamp: 1789809023.187,
          },
        },
      ],
    };
    expect(read(readFirehoseEvent(event))).toEqual([
      { id: 'a', data: '1', arrival: 1789809023187 },
      {
        id: 'b',
        data: '2',
        arrival: 1789809023187,
        position: { shardId: 's', sequenceNumber: '5', subsequenceNumber: 3, partitionKey: '' },
      },
    ]);
  });

  it.each([
    ['not base64!', 'not base64!'],
    ['a', 'a'],
    [null, ''],
    [{ type: 'Buffer' }, ''],
    [undefined, ''],
  ])('keeps a record whose data is %j, as one that can not be read', async (data, encoded) => {
    const event = { ...directPutEvent(['1']), records: [{ recordId: 'x', data }] };
    const batch = readFirehoseEvent(event);
    expect(batch.records).toMatchObject([{ recordId: 'x', encoded }]);
    const pipeline = compilePipeline({ name: 'p', input: json(), steps: [], output: ndjson() });
    const endings = allEndings(batch, await pipeline.run(readableRecords(batch), { now: 0 }, createEndings().of));
    expect(endings).toMatchObject([{ kind: 'failed', failure: { code: 'InvalidBase64', retryable: false } }]);
  });

  it.each([
    [undefined, 'it is no object'],
    [null, 'it is no object'],
    [[], 'it is no object'],
    ['text', 'it is no object'],
    [{}, '"records" is no array'],
    [{ Records: null }, '"records" is no array'],
    [{ records: { 0: {} } }, '"records" is no array'],
    [{ records: [null] }, 'records[0] is no object'],
    [{ records: [{ recordId: 'a', data: '' }, { data: '' }] }, 'records[1].recordId is no string'],
    [{ records: [{ recordId: 5 }] }, 'records[0].recordId is no string'],
  ])('of another shape, %j, is refused with one clear error', (event, what) => {
    expect(() => readFirehoseEvent(event)).toThrow(`The event is not a Firehose data transformation event: ${what}.`);
  });
});
