import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FirehoseResponse } from '../../shared/sources/firehose-answer.ts';
import { awsEndpoint } from '../factories/aws-endpoint.ts';
import { base64, directPutEvent, kinesisSourceEvent } from '../factories/firehose-event.ts';

type Handler = (event: unknown, context?: unknown) => Promise<FirehoseResponse>;

let written = '';

/** A function that was just started, with this pipeline. */
async function started(pipeline: string | undefined): Promise<Handler> {
  vi.resetModules();
  vi.stubEnv('PIPELINE', pipeline ?? '');
  vi.stubEnv('MASK_KEY', 'MASK_KEY');
  vi.stubEnv('POWERTOOLS_DEV', '');
  const { handler } = await import('../../functions/firehose-transform/handler.ts');
  return handler as Handler;
}

beforeAll(() => {
  const keep = (...lines: unknown[]) => {
    written += `${lines.join(' ')}\n`;
  };
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation(keep);
  // Powertools makes a console of its own.
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  written = '';
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const timed = (remainingMs: number) => ({ getRemainingTimeInMillis: () => remainingMs });
const texts = (response: FirehoseResponse) =>
  response.records.map(({ data }) => Buffer.from(data, 'base64').toString());
const results = (response: FirehoseResponse) => response.records.map(({ result }) => result);

/** The files are named for their pipeline's folder; those beside the folders are the default pipeline's. */
const EVENTS = 'events/firehose-transform';
const cases = globSync(`${EVENTS}/**/*.json`)
  .filter((file) => !file.endsWith('.expected.json'))
  .map((file) => [dirname(file) === EVENTS ? 'clickstream' : basename(dirname(file)), file] as const);

describe('the recorded events', () => {
  it('are there for every pipeline: two at least, and a hostile one', () => {
    for (const pipeline of ['clickstream', 'access-logs', 'application-logs', 'telemetry', 'redact']) {
      const own = cases.filter(([name]) => name === pipeline).map(([, file]) => basename(file));
      expect(own.length).toBeGreaterThanOrEqual(3);
      expect(own).toContain('hostile.json');
    }
  });

  it.each(cases)('%s: %s is answered as expected', async (pipeline, file) => {
    const handler = await started(pipeline);
    const response = await handler(JSON.parse(readFileSync(file, 'utf8')), timed(60_000));
    const expected = file.replace(/\.json$/, '.expected.json');
    if (process.env.UPDATE_EXPECTED === '1') {
      writeFileSync(expected, `${JSON.stringify(response, null, 2)}\n`);
    }
    expect(response).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
  });
});

const _event = (n: number, more: object = {}) =>
  JSON.stringify({ eventId: `e${n}`, eventType: 'search', timestamp: '2026-09-19T09:10:23.187Z', ...more });

const event = (n: number, more: object = {}) =>
  JSON.stringify({ eventId: `e${n}`, eventType: 'search', timestamp: '2026-09-19T09:10:23.187Z', ...more });

describe('the Firehose transform', () => {
  it('refuses to start with a pipeline that is not there, naming those that are', async () => {
    await expect(started('clicks')).rejects.toThrow(
      'There is no pipeline "clicks": it must be one of clickstream, access-logs, application-logs, telemetry, redact',
    );
    await expect(started(undefined)).rejects.toThrow('PIPELINE is not set');
  });

  it('takes two arguments, and none but the event', async () => {
    const handler = await started('clickstream');
    expect(handler.length).toBeLessThanOrEqual(2);
    expect(await handler(directPutEvent([]))).toEqual({ records: [] });
    await expect(handler({ Records: 1 })).rejects.toThrow('not a Firehose data transformation event');
  });

  it('stops in time, and fails what is left', async () => {
    const handler = await started('redact');
    let remaining = 180_000;
    const context = { getRemainingTimeInMillis: () => remaining };
    const pad = 'x'.repeat(20_000);
    const records = Array.from({ length: 20 }, (_, n) => `{"n":${n},"pad":"${pad}"}`);
    const clock = vi.spyOn(context, 'getRemainingTimeInMillis').mockImplementation(() => (remaining -= 15_000));
    const response = await handler(directPutEvent(records), context);
    const stopped = results(response).indexOf('ProcessingFailed');
    expect(stopped).toBeGreaterThan(0);
    expect(
      results(response)
        .slice(stopped)
        .every((result) => result === 'ProcessingFailed'),
    ).toBe(true);
    expect(texts(response).slice(stopped)).toEqual(records.slice(stopped));
    expect(clock).toHaveBeenCalled();
    expect(written).toContain('OutOfTime');
  });

  it('leaves a record that no step touches as its own bytes and a newline', async () => {
    const handler = await started('redact');
    const record = '{"id": 12345678901234567890, "a":1.0, "a":1e2, "e":"\\u00e9\u20ac", "n":[-0 , 1E+2]}';
    expect(texts(await handler(directPutEvent([record])))).toEqual([`${record}\n`]);
  });

  it('answers anything with one answer a record, in order, and the original where it fails', async () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
      fc
        .string({ unit: fc.constantFrom(...'{}[]",:\\/ \n-0.eE1tfn\u00e9'), maxLength: 60 })
        .map((text) => Buffer.from(text)),
      fc
        .record({
          eventId: fc.jsonValue(),
          eventType: fc.jsonValue(),
          timestamp: fc.jsonValue(),
          user: fc.jsonValue(),
          context: fc.jsonValue(),
        })
        .map((value) => Buffer.from(JSON.stringify(value))),
      fc.string().map((text) => gzipSync(text)),
    );
    for (const pipeline of ['clickstream', 'access-logs', 'application-logs', 'telemetry', 'redact']) {
      const handler = await started(pipeline);
      await fc.assert(
        fc.asyncProperty(fc.array(anything, { maxLength: 8 }), async (records) => {
          const given = directPutEvent(records);
          const { records: answers } = await handler(given, timed(60_000));
          expect(answers.map(({ recordId }) => recordId)).toEqual(given.records.map(({ recordId }) => recordId));
          for (const [index, { result, data }] of answers.entries()) {
            if (result === 'Ok') expect(atob(data).endsWith('\n')).toBe(true);
            else expect(data).toBe(given.records[index]!.data);
          }
        }),
        { numRuns: 60 },
      );
    }
  });

  it('counts and logs what became of the records, and never what was in them', async () => {
    const handler = await started('clickstream');
    const secret = 'Sesame-4111';
    const records = [
      event(1, { note: secret }),
      event(2, { user: { internal: true, secret } }),
      `{"${secret}":`,
      `["${secret}"`,
      JSON.stringify({ eventId: secret }),
      ...Array.from({ length: 101 }, (_, n) => event(n, { eventType: `type-${n}` })),
    ];
    await handler(directPutEvent(records), timed(60_000));
    const lines = written
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(written).not.toContain(secret);
    const metrics = Object.assign({}, ...lines.filter((line) => '_aws' in line));
    expect(metrics).toMatchObject({
      pipeline: 'clickstream',
      RecordsIn: 106,
      RecordsOk: 102,
      RecordsReingested: 0,
      PartitionCombinations: 102,
    });
    expect(metrics.BytesIn).toBe(records.reduce((sum, record) => sum + record.length, 0));
    expect(metrics.DurationPerRecord).toBeGreaterThan(0);
    const of = (name: string) => lines.filter((line) => name in line);
    expect(of('RecordsDropped')).toMatchObject([{ reason: 'internal traffic', RecordsDropped: 1 }]);
    expect(of('RecordsFailed').map(({ code, RecordsFailed }) => [code, RecordsFailed])).toEqual([
      ['InvalidJson', 2],
      ['MissingField', 1],
    ]);
    const failures = lines.filter(({ message }) => message === 'records failed');
    expect(failures).toMatchObject([
      { code: 'InvalidJson', stage: 'decode', count: 2, firstRecordId: 'r2' },
      { code: 'MissingField', stage: 'filter', count: 1, firstRecordId: 'r4' },
    ]);
    const invocations = lines.filter(({ message }) => message === 'records transformed');
    expect(invocations).toMatchObject([
      { records: 106, ok: 102, dropped: { 'internal traffic': 1 }, failed: { InvalidJson: 2, MissingField: 1 } },
    ]);
  });

  describe('when the answer would be too large', () => {
    /** What was put back, its data in base64. */
    let put: { target: string; key: string | undefined; data: string }[] = [];
    let refuse: (data: string) => boolean = () => false;
    let endpoint: Awaited<ReturnType<typeof awsEndpoint>>;
    beforeAll(async () => {
      endpoint = await awsEndpoint((operation, body) => {
        const { Records, StreamARN, DeliveryStreamName } = JSON.parse(body);
        const answers = Records.map(({ Data: data, PartitionKey }: { Data: string; PartitionKey?: string }) => {
          if (refuse(data)) return { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };
          put.push({ target: `${operation} ${StreamARN ?? DeliveryStreamName}`, key: PartitionKey, data });
          return operation === 'PutRecords' ? { ShardId: 's', SequenceNumber: '1' } : { RecordId: 'r' };
        });
        const failures = answers.filter(({ ErrorCode }: { ErrorCode?: string }) => ErrorCode !== undefined).length;
        const name =
          operation === 'PutRecords' ? ['FailedRecordCount', 'Records'] : ['FailedPutCount', 'RequestResponses'];
        return { body: JSON.stringify({ [name[0]!]: failures, [name[1]!]: answers }) };
      });
    });
    afterAll(() => endpoint.close());
    afterEach(() => {
      put = [];
      refuse = () => false;
    });

    /** Log messages that pack well: a record of a few kilobytes that grows 50-fold and more. */
    const packed = (messages: number, name: string) =>
      gzipSync(
        JSON.stringify({
          messageType: 'DATA_MESSAGE',
          owner: '1',
          logGroup: '/shop',
          logStream: name,
          subscriptionFilters: [],
          logEvents: Array.from({ length: messages }, (_, n) => ({
            id: String(n),
            timestamp: n,
            message: `${name} ${n} ${'lorem ipsum '.repeat(20)}`,
          })),
        }),
      );
    const size = (response: FirehoseResponse) => Buffer.byteLength(JSON.stringify(response));

    it('puts the records that wait back to the delivery stream, byte for byte', async () => {
      const handler = await started('application-logs');
      const records = Array.from({ length: 6 }, (_, n) => packed(4_000, `stream-${n}`));
      const response = await handler(directPutEvent(records), timed(60_000));
      expect(size(response)).toBeLessThanOrEqual(6_000_000);
      const waiting = results(response).flatMap((result, index) => (result === 'Dropped' ? [index] : []));
      expect(waiting.length).toBeGreaterThan(0);
      expect(results(response)).toContain('Ok');
      expect(put.map(({ target }) => target)).toEqual(waiting.map(() => 'PutRecordBatch clickstream'));
      expect(put.map(({ data }) => data)).toEqual(waiting.map((index) => base64(records[index]!)));
      expect(written).toContain('"RecordsReingested"');
    });

    it('puts them back to the stream they came from with their partition keys, and fails what is not taken', async () => {
      const handler = await started('application-logs');
      const records = Array.from({ length: 6 }, (_, n) => packed(4_000, `stream-${n}`));
      const last = base64(records.at(-1)!);
      refuse = (data) => data === last;
      const response = await handler(kinesisSourceEvent(records), timed(20_000));
      expect(results(response).at(-1)).toBe('ProcessingFailed');
      expect(response.records.at(-1)!.data).toBe(last);
      for (const { target, key, data } of put) {
        expect(target).toBe('PutRecords arn:aws:kinesis:us-east-1:123456789012:stream/events');
        expect(data).toBe(base64(records[Number(key!.slice(1))]!));
      }
    });

    it('takes an envelope that is too large by itself apart, until every event was answered once', async () => {
      const handler = await started('application-logs');
      const whole = packed(16_000, 'stream');
      let waiting: Buffer[] = [whole];
      let lines: string[] = [];
      for (let turn = 0; waiting.length > 0; turn++) {
        expect(turn).toBeLessThan(12);
        const response = await handler(directPutEvent(waiting), timed(60_000));
        expect(size(response)).toBeLessThanOrEqual(6_000_000);
        expect(results(response)).not.toContain('ProcessingFailed');
        lines = lines.concat(
          ...response.records
            .filter(({ result }) => result === 'Ok')
            .map(({ data }) => atob(data).trimEnd().split('\n')),
        );
        waiting = put.splice(0).map(({ data }) => Buffer.from(data, 'base64'));
        for (const piece of waiting) expect(piece.length).toBeLessThan(whole.length);
      }
      expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(16_000);
      expect(lines).toHaveLength(16_000);
    });
  });
});
