import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../local/report/run-report.ts';
import { reportText } from '../../../local/report/text.ts';

function report(changes: Partial<RunReport> = {}): RunReport {
  return {
    in: 22_000,
    delivered: 21_100,
    dropped: 860,
    quarantined: 40,
    waiting: 0,
    unfinished: 0,
    lost: 0,
    duplicates: 0,
    failed: 48,
    replayed: 128,
    functions: {
      streamConsumer: { invocations: 1_234, errors: 56, coldStarts: 8, p50Ms: 7.25, p99Ms: 123.4, peakMemoryMb: 81.6 },
    },
    pipeline: 'clickstream',
    streams: {
      events: {
        in: 20_000,
        delivered: 19_100,
        dropped: 860,
        quarantined: 40,
        waiting: 0,
        unfinished: 0,
        lost: 0,
        duplicates: 0,
      },
      logs: {
        in: 2_000,
        delivered: 2_000,
        dropped: 0,
        quarantined: 0,
        waiting: 0,
        unfinished: 0,
        lost: 0,
        duplicates: 0,
      },
    },
    droppedByReason: { bots: 10, 'internal traffic': 850 },
    failedByCode: { InvalidJson: 40, RetryAttemptsExhausted: 8 },
    quarantinedByCode: { InvalidJson: 40 },
    refused: { 'too-long': 0, 'cut-off': 0 },
    seconds: 12.34,
    recordsPerSecond: 1_783,
    peakMemoryMb: 210,
    functionsPeakMemoryMb: 1_234,
    interrupted: false,
    damaged: false,
    remarks: [],
    samples: [{ before: '{"a":"jane@example.com"}\n', after: '{"a":"[email]"}' }],
    places: [{ name: 'lake', path: '.sluice/s3/lake', objects: 12, bytes: 3_500_000 }],
    ...changes,
  };
}

describe('the report of a run', () => {
  it('tells every figure, the largest causes first', () => {
    const text = reportText(report());
    expect(text).toMatch(/22,000 records through clickstream in 12\.3 s \(1,783\/s, at most 210 MB of memory\)/);
    expect(text).toMatch(/in +22,000 {3}events 20,000, logs 2,000/);
    expect(text).toMatch(/dropped +860 {3}internal traffic 850, bots 10/);
    expect(text).toMatch(/failed +48 {3}InvalidJson 40, RetryAttemptsExhausted 8/);
    expect(text).toMatch(/replayed +128/);
    expect(text).toMatch(/quarantined +40 {3}InvalidJson 40\n/);
    expect(text).toMatch(/streamConsumer +1,234 +56 +7\.3 ms +123 ms +82 MB/);
    expect(text).toContain('before  {"a":"jane@example.com"}');
    expect(text).toContain('after   {"a":"[email]"}');
    expect(text).toContain('lake          .sluice/s3/lake  (12 objects, 3.3 MB)');
    expect(text).toMatch(/22,000 in = 21,100 delivered \+ 860 dropped \+ 40 quarantined, lost 0\n$/);
    expect(text).not.toContain('waiting');
  });

  it('does not hide what is missing', () => {
    const text = reportText(report({ delivered: 21_090, waiting: 7, lost: 3, remarks: ['the input is damaged'] }));
    expect(text).toMatch(/waiting +7 {3}dead letters that were not replayed/);
    expect(text).toMatch(/lost +3/);
    expect(text).toContain('! the input is damaged');
    expect(text).toMatch(/22,000 in ≠ 21,090 delivered \+ 860 dropped \+ 40 quarantined \+ 7 waiting, lost 3/);
  });

  it('cuts long records, and keeps control characters off the terminal', () => {
    const text = reportText(report({ samples: [{ before: `\x1b[31m${'x'.repeat(5_000)}`, after: 'y' }] }));
    expect(text).not.toContain('\x1b');
    expect(text.length).toBeLessThan(3_000);
  });
});
