import { afterEach, describe, expect, it, vi } from 'vitest';
import { syslog } from '../../shared/formats/index.ts';
import { decodeUtf8, encodeUtf8 } from '../../shared/record/byte-string.ts';
import { processorMs } from '../factories/processor-time.ts';

function read(line: string, options?: Parameters<typeof syslog>[0]): Record<string, unknown> {
  const decoded = syslog(options).decode(encodeUtf8(line));
  if (decoded.kind !== 'documents') return decoded.kind === 'failed' ? { ...decoded.failure } : { ...decoded };
  return JSON.parse(decodeUtf8(decoded.texts[0]!));
}

describe('syslog', () => {
  afterEach(() => vi.useRealTimers());

  it.each([
    [
      '<0>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It is time',
      {
        time: '2003-08-24T12:14:15.000003Z',
        severity_name: 'emergency',
        facility: 0,
        message_id: null,
        structured_data: null,
        message: '%% It is time',
      },
    ],
    ['<191>1 - - - - - -', { time: null, host: null, app: null, severity: 7, facility: 23, message: '' }],
    ['<34>1 2003-10-11T22:14:15Z h su - ID47 - \ufeffé', { message: 'é', message_id: 'ID47' }],
    [
      '<34>1 2003-10-11T22:14:15Z h su - - [a x="1"][b y="]\\]\\"\\\\" y="2"] m',
      { structured_data: { a: { x: '1' }, b: { y: [']]"\\', '2'] } }, message: 'm' },
    ],
    ['<34>1 2003-10-11T22:14:15Z h su - - [__proto__ __proto__="1"]', { message: '' }],
  ])('reads RFC 5424: %s', (line, fields) => {
    expect(read(line)).toMatchObject(fields);
  });

  it.each([
    [
      '<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!',
      { time: '2026-02-05T17:32:18Z', host: '10.0.0.99', app: null, message: 'Use the BFG!' },
    ],
    [
      '<13>Oct 11 22:14:15.123456 h sshd[42]: x',
      { time: '2026-10-11T22:14:15.123456Z', app: 'sshd', process_id: '42', message: 'x' },
    ],
    ['<13>Oct 11 2025 22:14:15 h kernel: [1.0] y', { time: '2025-10-11T22:14:15Z', app: 'kernel', message: '[1.0] y' }],
    [
      '<13>2026-10-11T22:14:15.003+02:00 h app: z',
      { time: '2026-10-11T20:14:15.003Z', host: 'h', app: 'app', message: 'z' },
    ],
    ['Oct 11 22:14:15 h app: from a file', { facility: null, severity: null, app: 'app', message: 'from a file' }],
    ['<13>Oct 11 22:14:15 app: no host', { host: null, app: 'app', message: 'no host' }],
    ['<13>no time at all', { time: null, host: null, message: 'no time at all' }],
  ])('reads RFC 3164: %s', (line, fields) => {
    expect(read(line, { year: 2026 })).toMatchObject(fields);
  });

  it('takes the latest year that is not in the future', () => {
    vi.useFakeTimers({ now: Date.parse('2027-01-02T00:00:00Z') });
    expect(read('<13>Dec 31 23:59:59 h a: x')).toMatchObject({ time: '2026-12-31T23:59:59Z' });
    expect(read('<13>Jan  1 00:00:01 h a: x')).toMatchObject({ time: '2027-01-01T00:00:01Z' });
    expect(read('<13>Feb 29 00:00:01 h a: x')).toMatchObject({ time: '2024-02-29T00:00:01Z' });
  });

  it.each([
    '<192>Oct 11 22:14:15 h a: x',
    '<34>1 2003-10-11T22:14:15Z h su - -',
    '<34>1 2003-13-11T22:14:15Z h su - - - m',
    '<34>1 2003-10-11T22:14:15Z h su - - [a x="1" m',
    '<34>1 2003-10-11T22:14:15Z h su - - [a x=1] m',
    '<34>1 2003-10-11T22:14:15Z h su - - [] m',
    'plain text',
    '{"json":true}',
  ])('refuses %s', (line) => {
    expect(read(line)).toMatchObject({ code: 'InvalidSyslog' });
  });

  it('refuses a zone it can not read', () => {
    expect(() => syslog({ offset: 'CET' })).toThrow('syslog: offset must be like "+02:00"');
  });

  it('takes time in proportion to its input, however hostile', () => {
    const head = '<34>1 2003-10-11T22:14:15Z h su - - ';
    for (const text of [
      `${head}[a x="${'\\"'.repeat(400_000)}`,
      `${head}${'[a]'.repeat(300_000)}`,
      `${head}[a${' '.repeat(1_000_000)}`,
      `<13>${'x'.repeat(1_000_000)}`,
    ]) {
      expect(processorMs(() => read(text))).toBeLessThan(1_500);
    }
  });
});
