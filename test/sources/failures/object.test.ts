import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Found } from '../../../shared/sources/failures/found.ts';
import type { Stores } from '../../../shared/sources/failures/letter.ts';
import { readObject } from '../../../shared/sources/failures/object.ts';
import { batchFailed, inChunks, processingFailed } from '../../factories/dead-letter.ts';

const NO_STORES: Stores = {
  shards: { iterator: async () => undefined, read: async () => undefined },
  object: async () => undefined,
  delivered: async () => () => false,
};
const KEY =
  'events/processing-failed/2026/09/19/09/sluice-dev-events-1-2026-09-19-09-11-52-0b1e3c1a-1111-2222-3333-444455556666';

async function foundIn(body: string | Uint8Array, key = KEY): Promise<readonly Found[]> {
  return await Array.fromAsync(readObject(key, inChunks(body), NO_STORES));
}

describe('an object of processing-failed/', () => {
  it('gives the original bytes of each record, why it failed, and the delivery stream that the key names', async () => {
    const found = await foundIn(`${processingFailed('{"a":1}\n')}\n${processingFailed('é')}\n`);
    expect(found).toMatchObject([
      { kind: 'record', data: '{"a":1}\n', code: 'Lambda.ProcessingFailedStatus', arrival: 1789014240448 },
      { kind: 'record', data: '\xc3\xa9', origin: { kind: 'delivery-stream', deliveryStream: 'sluice-dev-events' } },
    ]);
  });

  it('is read in every spelling: other cases, numbers as strings, older names', async () => {
    const rawData = Buffer.from('x').toString('base64');
    const lines = [
      { rawData, lambdaArn: 'arn', ErrorCode: 'DataFormatConversion.ParseError', arrivalTimestamp: '1789014240448' },
      { attemptsMade: '1', lastErrorCode: 'DataFormatConversion.MalformedData', rawData, sequenceNumber: '1' },
      { RawData: rawData, EventId: 'e', errorCode: 'Splunk.Unavailable' },
    ];
    const found = await foundIn(
      lines
        .map((line) => JSON.stringify(line))
        .join('\n')
        .concat('\n'),
    );
    expect(found.map((item) => item.kind === 'record' && [item.data, item.code, item.arrival])).toEqual([
      ['x', 'DataFormatConversion.ParseError', 1789014240448],
      ['x', 'DataFormatConversion.MalformedData', undefined],
      ['x', 'Splunk.Unavailable', undefined],
    ]);
  });

  it('is unpacked where it is gzip, of one member or several', async () => {
    const packed = Buffer.concat([gzipSync(`${processingFailed('a')}\n`), gzipSync(`${processingFailed('b')}\n`)]);
    expect((await foundIn(packed)).map((item) => item.kind === 'record' && item.data)).toEqual(['a', 'b']);
  });

  it('tells half a line from a record, and keeps what stands before it', async () => {
    const whole = processingFailed('a');
    const found = await foundIn(`${whole}\n${whole.slice(0, 60)}`);
    expect(found.map(({ kind }) => kind)).toEqual(['record', 'unreadable']);
    expect(found[1]).toMatchObject({ code: 'HalfLine' });
  });

  it('tells a broken gzip, after what could be read', async () => {
    const packed = gzipSync(`${processingFailed('a')}\n`.repeat(2000));
    const found = await foundIn(packed.subarray(0, packed.length - 20));
    expect(found.at(-1)).toMatchObject({ kind: 'unreadable', code: 'BrokenGzip' });
  });

  it('tells raw data that is no base64', async () => {
    expect(await foundIn(`${processingFailed('', { rawData: '%%%' })}\n`)).toMatchObject([
      { kind: 'unreadable', code: 'BadRawData' },
    ]);
  });

  it('gives each letter a place that is the same at the next reading', async () => {
    const body = `${processingFailed('a')}\n\n${processingFailed('b')}\n`;
    const places = (await foundIn(body)).map(({ at }) => at);
    expect(new Set(places).size).toBe(2);
    expect((await foundIn(body)).map(({ at }) => at)).toEqual(places);
  });
});

describe('an object of a source backup, or one of plain NDJSON', () => {
  it('gives each line as it came, whatever it is', async () => {
    const found = await foundIn('{"a":1}\nplain text\n{"broken":', 'backup/file.json');
    expect(found).toMatchObject([
      { kind: 'record', data: '{"a":1}\n', code: 'SourceBackup', origin: undefined },
      { kind: 'record', data: 'plain text\n' },
      { kind: 'record', data: '{"broken":' },
    ]);
  });
});

describe("an object of Lambda's on-failure destination", () => {
  it('gives the records of the payload inside, with their partition keys', async () => {
    const record = (sequenceNumber: string, data: string) => ({
      kinesis: {
        partitionKey: `k-${sequenceNumber}`,
        sequenceNumber,
        data: Buffer.from(data).toString('base64'),
        approximateArrivalTimestamp: 1789809023.187,
      },
      eventSourceARN: 'arn:aws:kinesis:us-east-1:1:stream/events/consumer/fast:1',
    });
    const payload = JSON.stringify({ Records: [record('100', 'a'), record('100', 'b')] });
    const found = await foundIn(JSON.stringify(batchFailed({}, { payload })), 'aws/lambda/u/shardId-0/2026/09/19/x');
    expect(found).toMatchObject([
      {
        data: 'a',
        arrival: 1789809023187,
        origin: { kind: 'stream', stream: 'arn:aws:kinesis:us-east-1:1:stream/events', partitionKey: 'k-100' },
      },
      { data: 'b' },
    ]);
    expect(new Set(found.map(({ at }) => at)).size).toBe(2);
  });

  it('is unreadable where its payload is', async () => {
    const found = await foundIn(JSON.stringify(batchFailed({}, { payload: '{"Records":' })), 'aws/lambda/u/s/x');
    expect(found).toMatchObject([{ kind: 'unreadable', code: 'BadPayload' }]);
  });
});
