import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cloudwatchLogs } from '../../shared/formats/index.ts';
import { bytesOf, decodeUtf8 } from '../../shared/record/byte-string.ts';
import { logEnvelope, packedEnvelopes, plainEnvelope } from '../factories/log-envelope.ts';
import { processorMs } from '../factories/processor-time.ts';

type Options = Parameters<typeof cloudwatchLogs>[0];

function documentsOf(data: string, options?: Options): Record<string, unknown>[] {
  const decoded = cloudwatchLogs(options).decode(data);
  if (decoded.kind !== 'documents') throw new Error(JSON.stringify(decoded));
  return decoded.texts.map((text) => JSON.parse(decodeUtf8(text)));
}

function read(messages: readonly string[], options?: Options): Record<string, unknown>[] {
  return documentsOf(packedEnvelopes(logEnvelope(messages)), options);
}

describe('cloudwatchLogs', () => {
  it('makes a document of each log event', () => {
    const envelope = logEnvelope(['hello "é"', 'two'], { policyLevel: 'ACCOUNT_LEVEL_POLICY' });
    const first = {
      id: '31953106606966983378809025079804211143289615424290000000',
      timestamp: '2026-09-19T09:10:23.187Z',
    };
    const origin = { owner: '123456789012', logGroup: '/shop/cart', logStream: 'cart-1' };
    const [one, two] = documentsOf(packedEnvelopes(envelope));
    expect(one).toEqual({
      ...first,
      ...origin,
      message: 'hello "é"',
      policyLevel: 'ACCOUNT_LEVEL_POLICY',
      kind: 'text',
    });
    expect(two).toMatchObject({ message: 'two', timestamp: '2026-09-19T09:10:24.187Z' });
  });

  it('keeps extracted fields', () => {
    const event = { id: '1', timestamp: 0, message: 'm', extractedFields: { '@aws.account': '1', $x: null } };
    const [document] = documentsOf(plainEnvelope(logEnvelope([], { logEvents: [event] })));
    expect(document).toMatchObject({ extractedFields: { '@aws.account': '1', $x: null } });
  });

  it('reads several members, whether a message spans them or each holds one', () => {
    const [one, two] = [logEnvelope(['a', 'b']), logEnvelope(['c'])];
    expect(documentsOf(packedEnvelopes(one, two)).map(({ message }) => message)).toEqual(['a', 'b', 'c']);
    expect(documentsOf(plainEnvelope(one) + plainEnvelope(two))).toHaveLength(3);
  });

  it('drops control messages, excluded log groups and messages without events', () => {
    const control = logEnvelope([], { messageType: 'CONTROL_MESSAGE', logEvents: [{ anything: 1 }] });
    const format = cloudwatchLogs({ except: ['/aws/lambda/sluice-*', '/own'] });
    const decode = (members: object) => format.decode(packedEnvelopes(logEnvelope(['x'], members)));
    expect(format.decode(packedEnvelopes(control))).toMatchObject({ kind: 'dropped', reason: 'control message' });
    expect(decode({ logGroup: '/aws/lambda/sluice-dev' })).toMatchObject({
      kind: 'dropped',
      reason: 'excluded log group',
    });
    expect(decode({ logGroup: '/own' })).toMatchObject({ kind: 'dropped', reason: 'excluded log group' });
    expect(decode({ logGroup: '/own-not' })).toMatchObject({ kind: 'documents' });
    expect(decode({ logEvents: [] })).toMatchObject({ kind: 'dropped', reason: 'no log events' });
    const mixed = format.decode(packedEnvelopes(control, logEnvelope(['x'])));
    expect(mixed).toMatchObject({ kind: 'documents', texts: { length: 1 } });
  });

  it('makes numbers of what Lambda reports', () => {
    const lines = [
      'INIT_START Runtime Version: nodejs:24.v8\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:x\n',
      'START RequestId: 8c4b-1 Version: $LATEST\n',
      'END RequestId: 8c4b-1\n',
      'REPORT RequestId: 8c4b-1\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 66 MB\tInit Duration: 160.79 ms\tStatus: timeout\t\nXRAY TraceId: 1-5\tSegmentId: 2f\tSampled: true\n',
    ];
    expect(read(lines).map(({ kind, lambda }) => ({ kind, lambda }))).toEqual([
      {
        kind: 'lambda',
        lambda: {
          event: 'INIT_START',
          runtimeVersion: 'nodejs:24.v8',
          runtimeVersionArn: 'arn:aws:lambda:us-east-1::runtime:x',
        },
      },
      { kind: 'lambda', lambda: { event: 'START', requestId: '8c4b-1', version: '$LATEST' } },
      { kind: 'lambda', lambda: { event: 'END', requestId: '8c4b-1' } },
      {
        kind: 'lambda',
        lambda: {
          event: 'REPORT',
          requestId: '8c4b-1',
          durationMs: 3000,
          billedDurationMs: 3000,
          memorySizeMb: 128,
          maxMemoryUsedMb: 66,
          initDurationMs: 160.79,
          status: 'timeout',
          traceId: '1-5',
          segmentId: '2f',
          sampled: true,
        },
      },
    ]);
  });

  it('leaves out what it can not make a number of, and names it does not know', () => {
    const line =
      'REPORT RequestId: r\tDuration: NaN ms\tMemory Size: 512 MB\tconstructor: x\t__proto__: y\tNew Thing: 5 ms';
    expect(read([line])[0]).toMatchObject({ lambda: { event: 'REPORT', requestId: 'r', memorySizeMb: 512 } });
    expect(Object.keys(read([line])[0]?.lambda as object)).toEqual(['event', 'requestId', 'memorySizeMb']);
  });

  it('reads the same from a function that logs JSON', () => {
    const message =
      '{"time":"t","type":"platform.report","record":{"requestId":"r","metrics":{"durationMs":1.5,"billedDurationMs":2,"memorySizeMB":512,"maxMemoryUsedMB":90},"status":"success"}}';
    expect(read([message])[0]).toMatchObject({
      kind: 'lambda',
      lambda: {
        event: 'REPORT',
        requestId: 'r',
        durationMs: 1.5,
        billedDurationMs: 2,
        memorySizeMb: 512,
        maxMemoryUsedMb: 90,
        status: 'success',
      },
    });
  });

  it('takes nothing for a platform line that only looks like one', () => {
    const messages = [
      'START RequestId of a story',
      'REPORT RequestId: ',
      'the END RequestId: x',
      '{"type":"platform.report"',
      '{"type":"platform.<b>"}',
    ];
    expect(read(messages).map(({ kind }) => kind)).toEqual(['text', 'text', 'text', 'text', 'text']);
  });

  it('recognises EMF', () => {
    const emf = {
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [
          {
            Namespace: 'Shop',
            Dimensions: [['service']],
            Metrics: [{ Name: 'orders', Unit: 'Count' }, { Name: 'times' }, { Name: '__proto__' }],
          },
        ],
      },
      service: 'cart',
      orders: 3,
      times: [1, 2],
    };
    expect(read([JSON.stringify(emf)])[0]).toMatchObject({
      kind: 'emf',
      emf: {
        metrics: [
          { namespace: 'Shop', name: 'orders', unit: 'Count', value: 3 },
          { namespace: 'Shop', name: 'times', unit: 'None', value: [1, 2] },
        ],
        dimensions: { service: 'cart' },
      },
    });
    expect(read(['{"_aws":1}', '{"_aws":{"CloudWatchMetrics":[null,{"Metrics":7}]}}']).map(({ kind }) => kind)).toEqual(
      ['text', 'emf'],
    );
  });

  it('adds a JSON message on request, spelled as it came', () => {
    const decoded = cloudwatchLogs({ parseJson: true }).decode(
      packedEnvelopes(logEnvelope(['{"n": 1.0, "id":12345678901234567890}\n', '[1]', '{no'])),
    );
    const texts = decoded.kind === 'documents' ? decoded.texts : [];
    expect(texts[0]).toContain('"kind":"json","json":{"n": 1.0, "id":12345678901234567890}}');
    expect(texts.slice(1).every((text) => !text.includes('"json":'))).toBe(true);
    expect(read(['{"a":1}'])[0]).not.toHaveProperty('json');
  });

  describe('joins stack traces', () => {
    it.each([
      ['JavaScript', ['Error: x\n', '    at a (b.js:1:2)\n', '    at c\n', 'next'], 2],
      ['Java', ['java.lang.E: x', '\tat a.b(C.java:1)', 'Caused by: y', '\t... 3 more', 'next'], 2],
      [
        'Python',
        ['Traceback (most recent call last):', '  File "a.py", line 1, in f', '    g()', 'ValueError: x', 'next'],
        2,
      ],
      [
        'lines of Lambda between',
        ['REPORT RequestId: a\tDuration: 1 ms', '  indented', 'START RequestId: a Version: 1', '  more'],
        4,
      ],
    ])('%s', (_, messages, documents) => {
      const joined = read(messages);
      expect(joined).toHaveLength(documents);
      expect(read(messages, { join: false })).toHaveLength(messages.length);
    });

    it('under the id and time of the first line, with line breaks and a count', () => {
      const [trace, next] = read(['Error: x\r\n', '  at a\n', 'next\n']);
      expect(trace).toMatchObject({ message: 'Error: x\n  at a', lines: 2, timestamp: '2026-09-19T09:10:23.187Z' });
      expect(next).toMatchObject({ message: 'next\n' });
      expect(next).not.toHaveProperty('lines');
    });

    it('by a pattern that starts something new', () => {
      const join = /^\d{4}-/g;
      expect(read(['2026-1 a', 'more', 'and more', '2026-2 b'], { join }).map(({ message }) => message)).toEqual([
        '2026-1 a\nmore\nand more',
        '2026-2 b',
      ]);
    });

    it('never across streams', () => {
      const other = logEnvelope(['  at a'], { logStream: 'cart-2' });
      expect(documentsOf(packedEnvelopes(logEnvelope(['Error']), other))).toHaveLength(2);
    });

    it('of a bounded number of lines', () => {
      expect(read(['Error', ...Array.from({ length: 2500 }, () => ' at a')]).map(({ lines }) => lines)).toEqual([
        1000, 1000, 501,
      ]);
    });
  });

  const event = { id: '1', timestamp: 1, message: 'm' };
  it.each([
    ['{"messageType":"OTHER"}', 'InvalidLogEnvelope', 'messageType is neither'],
    ['{}', 'InvalidLogEnvelope', 'messageType is neither'],
    ['[]', 'InvalidLogEnvelope', 'it is no object'],
    ['null', 'InvalidLogEnvelope', 'it is no object'],
    [
      plainEnvelope(logEnvelope([], { owner: 1, logStream: undefined })),
      'InvalidLogEnvelope',
      'owner, logStream must be a string',
    ],
    [plainEnvelope(logEnvelope([], { logEvents: {} })), 'InvalidLogEnvelope', 'logEvents must be an array'],
    [
      plainEnvelope(logEnvelope([], { logEvents: [event, null] })),
      'InvalidLogEnvelope',
      'logEvents[1] must be an object',
    ],
    [
      plainEnvelope(logEnvelope([], { logEvents: [{ ...event, message: 1 }] })),
      'InvalidLogEnvelope',
      'logEvents[0].message must be a string',
    ],
    [
      plainEnvelope(logEnvelope([], { logEvents: [{ ...event, timestamp: 1e17 }] })),
      'InvalidLogEnvelope',
      'logEvents[0].timestamp must be',
    ],
    [
      plainEnvelope(logEnvelope([], { logEvents: [{ ...event, extractedFields: [] }] })),
      'InvalidLogEnvelope',
      'extractedFields must be',
    ],
    ['{"messageType":"DATA_MESSAGE","owner":"', 'InvalidJson', 'byte'],
    ['', 'EmptyRecord', 'empty'],
    ['\xff', 'InvalidUtf8', 'UTF-8'],
  ])('fails %s with a clear code', (data, code, message) => {
    const decoded = cloudwatchLogs().decode(data);
    expect(decoded).toMatchObject({ kind: 'failed', failure: { code } });
    expect(decoded.kind === 'failed' && decoded.failure.message).toContain(message);
  });

  it('fails where fields nest deeper than can be written', () => {
    const fields = `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const data = `{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":[{"timestamp":1,"message":"m","extractedFields":${fields}}]}`;
    expect(cloudwatchLogs().decode(data)).toMatchObject({ kind: 'failed', failure: { code: 'InvalidLogEnvelope' } });
  });

  it('is taken apart by its events, keeping traces whole, packed as it was', () => {
    const messages = ['a', 'Error', ' at x', 'b', 'c'];
    const data = packedEnvelopes(logEnvelope(messages, { policyLevel: 'p' }), logEnvelope(['d']));
    const format = cloudwatchLogs();
    const pieces = format.split!(data, 99)!;
    expect(pieces).toHaveLength(5);
    expect(JSON.parse(gunzipSync(bytesOf(pieces[1]!)).toString())).toMatchObject({
      policyLevel: 'p',
      logEvents: [{ message: 'Error' }, { message: ' at x' }],
    });
    const all = (parts: readonly string[]) => parts.flatMap((part) => documentsOf(part));
    expect(all(pieces)).toEqual(documentsOf(data));
    expect(all(format.split!(data, 2)!)).toEqual(documentsOf(data));
    expect(format.split!(packedEnvelopes(logEnvelope(['one'])), 2)).toBeUndefined();
    expect(format.split!(plainEnvelope(logEnvelope(['a', 'b'])), 2)![0]).toMatch(/^\{/);
  });

  it('takes time in proportion to its input', () => {
    const time = (events: number) => {
      const data = packedEnvelopes(
        logEnvelope(Array.from({ length: events }, (_, i) => `${i % 3 === 0 ? '' : '  '}line ${i}`)),
      );
      return processorMs(() => documentsOf(data));
    };
    time(5_000);
    expect(time(50_000)).toBeLessThan(3_000);
  });
});
