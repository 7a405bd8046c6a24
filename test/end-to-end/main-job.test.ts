import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readArguments } from '../../local/command-line/arguments.ts';
import { CRASHING_KEY } from '../../local/generator/clickstream.ts';
import { GENERATORS } from '../../local/generator/index.ts';
import { generate } from '../../local/generator/records.ts';
import { openInput } from '../../local/input/open.ts';
import { runQuery } from '../../local/query/run-query.ts';
import type { RunReport } from '../../local/report/run-report.ts';
import { runJob } from '../../local/run/run.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly report: RunReport;
  sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

async function run(...argv: string[]): Promise<Ran> {
  const data = mkdtempSync(join(tmpdir(), 'job-'));
  folders.push(data);
  const options = readArguments([...argv, '--data', data], Object.keys(GENERATORS));
  const input = options.input === undefined ? undefined : await openInput(options.input);
  const terminal = { write: () => {} };
  const { account, report } = await runJob({ ...options, terminal, signal: new AbortController().signal }, input);
  await account.stop();
  const sql: Ran['sql'] = async (text) => {
    const { columns, rows } = await runQuery(text, data, 1_000);
    return rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
  };
  return { report, sql };
}

function inputFile(name: string, content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'input-'));
  folders.push(folder);
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** What the generator made, told by its records alone. */
function expectedOf(total: number, seed: number) {
  const byType: Record<string, number> = {};
  const expected = { dropped: 0, malformed: 0, crashing: 0, byType };
  for (const { data, partitionKey } of [...generate(GENERATORS.clickstream!, total, seed)].flat()) {
    let event: { eventType?: string; timestamp?: string; user?: { internal: boolean } } = {};
    try {
      event = JSON.parse(data.toString());
    } catch {}
    if (event.timestamp === undefined) expected.malformed += 1;
    else if (event.user?.internal) expected.dropped += 1;
    else byType[String(event.eventType)] = (byType[String(event.eventType)] ?? 0) + 1;
    if (partitionKey.startsWith(CRASHING_KEY)) expected.crashing += 1;
  }
  return expected;
}

describe('the main job', () => {
  it('brings every generated event to where it belongs, masked, through a crashing consumer and a replay', async () => {
    const { report, sql } = await run('--events', '800', '--logs', '100', '--seed', '5');
    const expected = expectedOf(800, 5);
    const delivered = Object.values(expected.byType).reduce((sum, count) => sum + count, 0);
    expect(expected.crashing).toBe(1);
    expect(expected.malformed).toBeGreaterThan(0);
    expect(report).toMatchObject({
      in: 900,
      delivered: delivered + 100,
      dropped: expected.dropped,
      quarantined: expected.malformed,
      waiting: 0,
      unfinished: 0,
      lost: 0,
      duplicates: 0,
      failed: expected.malformed + expected.crashing,
      replayed: expected.malformed * 3 + expected.crashing,
      droppedByReason: { 'internal traffic': expected.dropped },
      remarks: [],
    });
    expect(report.failedByCode.RetryAttemptsExhausted).toBe(1);
    expect(report.functions.streamConsumer?.errors).toBeGreaterThan(0);
    for (const name of ['streamConsumer', 'firehoseTransform', 'logsDecoder', 'deadLetterReplayer']) {
      expect(report.functions[name]?.invocations).toBeGreaterThan(0);
      expect(report.functions[name]?.peakMemoryMb).toBeGreaterThan(20);
    }
    const byType = await sql('select event_type, count(*)::int as events from clickstream group by 1');
    expect(Object.fromEntries(byType.map(Object.values))).toEqual(expected.byType);
    const [clicks] = await sql(`select count(*)::int as events, count(*) filter (
      "user".email like '%@%' or context.referrer like '%@%' or context.ip not like '%.0' and context.ip like '%._%._%._%'
      or "user".phone similar to '.*[0-9]{5,}.*' or "user".internal)::int as leaks from clickstream`);
    expect(clicks?.events).toBe(delivered);
    expect(clicks?.leaks).toBe(0);
    const [logs] = await sql(`select count(*)::int as events, count(distinct id)::int as ids, count(*) filter (
      message like '%@example%' or message like '%202 555 0%' or message like '%7946 0%')::int as leaks
      from application_logs`);
    expect(logs).toEqual({ events: 100, ids: 100, leaks: 0 });
  }, 60_000);

  it('is the same twice for the same seed', async () => {
    const figures = async () => {
      const { report, sql } = await run('--events', '40', '--logs', '0', '--seed', '9');
      const [digest] = await sql(
        "select md5(string_agg(eventid || \"user\".email || coalesce(geo.country, ''), ',' order by eventid)) from clickstream",
      );
      return { delivered: report.delivered, dropped: report.dropped, quarantined: report.quarantined, digest };
    };
    expect(await figures()).toEqual(await figures());
  }, 60_000);
});

describe('the main job with other pipelines', () => {
  it.each([
    [
      'access-logs',
      'select count(*)::int as n, count(geo.country)::int as known, min(status) as least from access_logs',
    ],
    ['telemetry', 'select count(*)::int as n, count(value)::int as known, min(battery) as least from telemetry'],
    ['redact', 'select count(*)::int as n, count(document)::int as known, 0 as least from redact'],
    ['application-logs', 'select count(*)::int as n, count(message)::int as known, 0 as least from application_logs'],
  ])(
    '%s: accounts for every record, and the lake can be queried',
    async (pipeline, query) => {
      const { report, sql } = await run('--pipeline', pipeline, '--events', '100', '--logs', '0');
      expect(report).toMatchObject({ in: 100, lost: 0, waiting: 0, duplicates: 0, remarks: [] });
      expect(report.delivered + report.dropped + report.quarantined).toBe(100);
      expect(report.delivered).toBeGreaterThan(95);
      const [row] = await sql(query);
      expect(row?.n).toBe(report.delivered);
      expect(row?.known).toBeGreaterThan(report.delivered * 0.8);
    },
    60_000,
  );
});

describe('the main job with one’s own records', () => {
  it('takes CSV with a header, quotes and line ends inside them', async () => {
    const csv = [
      'deviceId,timestamp,metric,value,unit,site,firmware,battery',
      'dev-1,2026-11-01T10:00:00Z,temperature,21.50,C,"north, hall 2",1.0,88',
      'dev-2,2026-11-01T10:00:01Z,humidity,40,%,"two\r\nlines",1.0,77',
      'test-3,2026-11-01T10:00:02Z,humidity,40,%,x,1.0,77',
      'dev-4,2026-11-01T10:00:03Z,humidity',
    ].join('\r\n');
    const { report, sql } = await run('--pipeline', 'telemetry', '--input', inputFile('readings.csv', csv));
    expect(report).toMatchObject({ in: 5, delivered: 2, dropped: 2, quarantined: 1, lost: 0, duplicates: 0 });
    expect(report.droppedByReason).toEqual({ 'header line': 1, 'test device': 1 });
    expect(report.quarantinedByCode).toEqual({ WrongColumnCount: 1 });
    const rows = await sql('select deviceid, value, site from telemetry order by 1');
    expect(rows).toEqual([
      { deviceid: 'dev-1', value: 21.5, site: 'north, hall 2' },
      { deviceid: 'dev-2', value: 40, site: 'two\r\nlines' },
    ]);
  }, 60_000);

  it('accounts for lines no stream would take, bytes that are no text, and a file that breaks off', async () => {
    const lines = [
      '{"id":1,"note":"write to jane@example.com"}',
      `{"id":2,"x":"${'y'.repeat(1_200_000)}"}`,
      '',
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      '{"id":3}',
      '{"id":4,"cut off":',
    ];
    const plain = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])).subarray(0, -1);
    const packed = gzipSync(plain);
    const { report, sql } = await run('--pipeline', 'redact', '--input', inputFile('odd', packed.subarray(0, -8)));
    expect(report).toMatchObject({ in: 5, delivered: 2, quarantined: 3, lost: 0, waiting: 0, damaged: true });
    expect(report.refused).toEqual({ 'too-long': 1, 'cut-off': 1 });
    expect(report.remarks.join()).toMatch(/odd is damaged: the gzip is cut off.*1 blank lines/);
    const rows = await sql('select document from redact order by 1');
    expect(rows.map(({ document }) => document)).toEqual(['{"id":1,"note":"write to [EMAIL]"}', '{"id":3}']);
  }, 60_000);
});
