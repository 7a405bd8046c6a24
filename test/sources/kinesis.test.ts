import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate } from '../../shared/formats/kpl.ts';
import { compareSequence, decodeKinesis, respondKinesis, UnknownEventError } from '../../shared/sources/kinesis.ts';
import { CONSUMER_ARN, kinesisEvent, kinesisRecord, STREAM_ARN, sequence } from '../factories/kinesis-event.ts';

const idsOf = (event: unknown) => decodeKinesis(event).arrivals.map(({ record }) => record.id);
const dataOf = (event: unknown) => decodeKinesis(event).arrivals.map(({ record }) => record.data);

describe('an event of a Kinesis event source mapping', () => {
  it('gives each record with its place and arrival', () => {
    const { arrivals, streamArn, shardId, units } = decodeKinesis(
      kinesisEvent([{ data: '{"n":1}', partitionKey: 'k' }]),
    );
    expect(arrivals).toEqual([
      {
        unit: 0,
        record: {
          id: `shardId-000000000000:${sequence(0)}`,
          data: '{"n":1}',
          arrival: 1789809023187,
          position: { shardId: 'shardId-000000000000', sequenceNumber: sequence(0), partitionKey: 'k' },
        },
      },
    ]);
    expect({ streamArn, shardId, units }).toEqual({
      streamArn: STREAM_ARN,
      shardId: 'shardId-000000000000',
      units: [sequence(0)],
    });
  });

  it('gives the records of an aggregate under the aggregate’s number', () => {
    const data = aggregate([
      { partitionKey: 'a', data: '1' },
      { partitionKey: 'b', data: '2' },
    ]);
    const { arrivals, units } = decodeKinesis(kinesisEvent([{ data: '0' }, { data }, { data: '3' }]));
    expect(arrivals.map(({ record, unit }) => [record.data, record.position?.partitionKey, unit])).toEqual([
      ['0', 'key', 0],
      ['1', 'a', 1],
      ['2', 'b', 1],
      ['3', 'key', 2],
    ]);
    expect(arrivals[2]!.record.id).toBe(`shardId-000000000000:${sequence(1)}:1`);
    expect(arrivals[2]!.record.position?.subsequenceNumber).toBe(1);
    expect(units).toHaveLength(3);
  });

  it('keeps a broken aggregate whole, as one failure', () => {
    const data = `${aggregate([{ partitionKey: 'a', data: '1' }])}x`;
    const { arrivals } = decodeKinesis(kinesisEvent([{ data }]));
    expect(arrivals).toMatchObject([{ record: { data }, failure: { failure: { code: 'BrokenAggregate' } } }]);
  });

  it('tells the records of an aggregate apart that enhanced fan-out gives one number', () => {
    const records = ['1', '2', '2'].map((data) => ({ ...kinesisRecord(7, { data }), eventSourceARN: CONSUMER_ARN }));
    const { arrivals, units, streamArn } = decodeKinesis({ Records: records });
    expect(new Set(arrivals.map(({ record }) => record.id)).size).toBe(3);
    expect(units).toEqual([sequence(7)]);
    expect(streamArn).toBe(STREAM_ARN);
    expect(idsOf({ Records: records })).toEqual(idsOf({ Records: records }));
  });

  it('leaves out a record that the event holds twice, and nothing else', () => {
    const record = kinesisRecord(1, { data: 'same' });
    const other = kinesisRecord(1, { data: 'other' });
    const { arrivals, duplicates } = decodeKinesis({
      Records: [record, record, other, kinesisRecord(2, { data: 'same' })],
    });
    expect(arrivals.map(({ record: { data } }) => data)).toEqual(['same', 'other', 'same']);
    expect(duplicates).toBe(1);
    expect(arrivals.map(({ unit }) => unit)).toEqual([0, 0, 1]);
  });

  it('passes bytes that are no text, and none at all', () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
    expect(dataOf(kinesisEvent([{ data: all }, { data: '' }]))).toEqual([all, '']);
  });

  it('fails what can not be read, whole, and goes on', () => {
    const bad = kinesisRecord(1, { data: 'x' });
    bad.kinesis.data = '***';
    const { arrivals } = decodeKinesis({ Records: [bad, { eventID: 's:1' }, null, kinesisRecord(3, { data: 'ok' })] });
    expect(arrivals.map(({ failure }) => failure?.failure.code)).toEqual([
      'InvalidBase64',
      'InvalidEventRecord',
      'InvalidEventRecord',
      undefined,
    ]);
    expect(arrivals[0]!.record.data).toContain('***');
  });

  it('refuses events of another kind by name', () => {
    for (const event of [undefined, null, 7, 'x', {}, { Records: {} }, { records: [] }]) {
      expect(() => decodeKinesis(event)).toThrow(UnknownEventError);
    }
    expect(decodeKinesis({ Records: [] }).arrivals).toEqual([]);
  });

  it('names each record once and keeps all bytes, whatever mix arrives', () => {
    const plain = fc.record({ data: fc.string({ unit: 'binary-ascii' }), partitionKey: fc.constantFrom('a', 'b') });
    const kpl = fc.array(plain, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.oneof(plain, kpl), { maxLength: 20 }), (items) => {
        const event = kinesisEvent(items.map((item) => (Array.isArray(item) ? { data: aggregate(item) } : item)));
        expect(dataOf(event)).toEqual(items.flat().map(({ data }) => data));
        expect(new Set(idsOf(event)).size).toBe(items.flat().length);
      }),
    );
  });
});

describe('the answer', () => {
  const batch = decodeKinesis(kinesisEvent([{ data: '0' }, { data: '1' }, { data: '2' }]));

  it('is empty when all is done', () => {
    expect(respondKinesis(batch, [])).toEqual({ batchItemFailures: [] });
  });

  it('names the lowest number that is not done, once', () => {
    expect(respondKinesis(batch, [2, 1, 2])).toEqual({ batchItemFailures: [{ itemIdentifier: sequence(1) }] });
  });

  it('compares numbers by value, not as text', () => {
    expect(compareSequence('9', '10')).toBeLessThan(0);
    const mixed = decodeKinesis({
      Records: ['10', '9'].map((sequenceNumber) => {
        const record = kinesisRecord(0, { data: 'x' });
        return { ...record, kinesis: { ...record.kinesis, sequenceNumber } };
      }),
    });
    expect(respondKinesis(mixed, [0, 1])).toEqual({ batchItemFailures: [{ itemIdentifier: '9' }] });
  });

  it('asks for everything where the record that is not done has no number, and never answers with an empty one', () => {
    const odd = decodeKinesis({ Records: [kinesisRecord(4, { data: 'x' }), {}] });
    expect(respondKinesis(odd, [1])).toEqual({ batchItemFailures: [{ itemIdentifier: sequence(4) }] });
    expect(() => respondKinesis(decodeKinesis({ Records: [{}] }), [0])).toThrow(UnknownEventError);
  });
});
