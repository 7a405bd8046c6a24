import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { uncompress } from 'snappyjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FirehoseOptions } from '../../../local/firehose/firehose.ts';
import { base64, type FakeAccount, fakeAccount, figuresOf, lambda, NOW, resource, s3 } from './account.ts';

function start(destination: Record<string, unknown> = {}, options: Partial<FirehoseOptions> = {}): FakeAccount {
  const account = fakeAccount(options);
  onTestFinished(() => account.stop());
  account.firehose.create(resource(destination));
  return account;
}

const put = (account: FakeAccount, ...records: (string | Buffer)[]) =>
  account.firehose.put(
    'delivery',
    records.map((record) => Buffer.from(record)),
  );
const hints = (SizeInMBs: number, IntervalInSeconds: number) => ({ BufferingHints: { SizeInMBs, IntervalInSeconds } });

/** Lets deliveries that were started come to their end. */
async function settle(account: FakeAccount): Promise<void> {
  for (let turns = 0; turns < 500 && figuresOf(account).held > 0; turns++) await turn();
  await turn();
}

describe('an object', () => {
  it('is written when the interval is over, counted from its first record', async () => {
    const account = start(hints(5, 60));
    await account.clock.advance(10_000);
    await put(account, 'a');
    await account.clock.advance(59_000);
    await put(account, 'b');
    expect(account.stored).toHaveLength(0);
    expect(account.firehose.idle()).toBe(false);
    await account.clock.advance(1000);
    await settle(account);
    expect(account.stored.map((object) => object.body.toString())).toEqual(['ab']);
    expect(account.firehose.idle()).toBe(true);
  });

  it('is written when it is full', async () => {
    const account = start(hints(1, 900));
    const half = Buffer.alloc(512 * 1024, 'x');
    await put(account, half, half, half);
    await settle(account);
    expect(account.stored.map((object) => object.body.length)).toEqual([1024 * 1024]);
    expect(figuresOf(account)).toMatchObject({ delivered: 2, held: 0 + 1, objects: 1, bytes: 1024 * 1024 });
  });

  it('is written soon where nothing is to be buffered', async () => {
    const account = start(hints(1, 0));
    await put(account, 'a', 'b');
    await account.clock.advance(0);
    await settle(account);
    expect(account.stored.map((object) => object.body.toString())).toEqual(['ab']);
  });

  it('is named by prefix, stream, version, time of its oldest record and an id', async () => {
    const account = start({ ...hints(5, 900), FileExtension: '.ndjson' });
    await put(account, 'a');
    await account.clock.advance(600_000);
    await put(account, 'b');
    await account.firehose.flush();
    expect(account.stored[0]).toMatchObject({
      bucket: 'lake',
      key: expect.stringMatching(
        /^2026\/11\/20\/09\/delivery-1-2026-11-20-09-30-15-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.ndjson$/,
      ),
    });
  });

  it('is named by the clocks of the zone it was told', async () => {
    const account = start({ CustomTimeZone: 'Asia/Tokyo' });
    await put(account, 'a');
    await account.firehose.flush();
    expect(account.stored[0]!.key).toMatch(/^2026\/11\/20\/18\/delivery-1-2026-11-20-18-30-15-/);
  });

  it('holds the records as they came, with nothing between them', async () => {
    const account = start();
    const records = [Buffer.from([0, 255, 10]), Buffer.alloc(0), Buffer.from('{"a":1}\n')];
    await put(account, ...records);
    await account.firehose.flush();
    expect(account.stored[0]!.body).toEqual(Buffer.concat(records));
  });
});

describe('compression', () => {
  const body = 'hello, hello, hello\n'.repeat(5000);
  const written = async (CompressionFormat: string) => {
    const account = start({ CompressionFormat });
    await put(account, ...(body.match(/.{1,1000}/gs) as string[]));
    await account.firehose.flush();
    return account.stored[0]!;
  };

  it('GZIP', async () => {
    const object = await written('GZIP');
    expect([object.key.slice(-3), object.contentEncoding]).toEqual(['.gz', 'gzip']);
    expect(gunzipSync(object.body).toString()).toBe(body);
  });

  it('ZIP: an archive of one deflated entry', async () => {
    const object = await written('ZIP');
    expect([object.key.slice(-4), object.contentEncoding]).toEqual(['.zip', 'zip']);
    const at = object.body.indexOf('PK\x01\x02', 0, 'latin1');
    const packed = object.body.readUInt32LE(at + 20);
    const start = 30 + object.body.readUInt16LE(26);
    expect(object.body.readUInt32LE(object.body.length - 6)).toBe(at);
    expect(inflateRawSync(object.body.subarray(start, start + packed)).toString()).toBe(body);
  });

  it("Snappy: snappy-java's stream", async () => {
    const object = await written('Snappy');
    expect([object.key.slice(-7), object.contentEncoding]).toEqual(['.snappy', 'snappy-java']);
    expect(object.body.subarray(0, 8).toString('latin1')).toBe('\x82SNAPPY\0');
    const parts: Uint8Array[] = [];
    for (let at = 16; at < object.body.length; ) {
      const length = object.body.readUInt32BE(at);
      parts.push(uncompress(object.body.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    expect(Buffer.concat(parts).toString()).toBe(body);
  });

  it("HADOOP_SNAPPY: Hadoop's blocks", async () => {
    const object = await written('HADOOP_SNAPPY');
    expect([object.key.slice(-7), object.contentEncoding]).toEqual(['.snappy', 'hadoop-snappy']);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < object.body.length; ) {
      const [raw, length] = [object.body.readUInt32BE(at), object.body.readUInt32BE(at + 4)];
      const part = uncompress(object.body.subarray(at + 8, at + 8 + length));
      expect(part.length).toBe(raw);
      parts.push(part);
      at += 8 + length;
    }
    expect(Buffer.concat(parts).toString()).toBe(body);
  });
});

describe('source backup', () => {
  it('holds the untransformed records, concatenated, under its own prefix', async () => {
    const account = start({
      ...lambda(),
      Prefix: 'data/',
      S3BackupMode: 'Enabled',
      S3BackupConfiguration: {
        ...s3(),
        BucketARN: 'arn:aws:s3:::backup',
        Prefix: 'source/',
        CompressionFormat: 'GZIP',
      },
    });
    account.setHandler((event) => ({
      records: event.records.map(({ recordId }, index) => ({
        recordId,
        result: ['Ok', 'Dropped', 'ProcessingFailed'][index],
        data: base64('changed'),
      })),
    }));
    await put(account, 'a', 'b', 'c');
    await account.firehose.flush();
    const backup = account.stored.find((object) => object.bucket === 'backup')!;
    expect(backup.key).toMatch(/^source\/2026\/11\/20\/09\/delivery-1-.*\.gz$/);
    expect(gunzipSync(backup.body).toString()).toBe('abc');
    expect(figuresOf(account)).toMatchObject({ backupRecords: 3, backupObjects: 1, delivered: 1, dropped: 1 });
  });
});

describe('what S3 refuses', () => {
  it('is tried again, later and later, under the same key', async () => {
    const account = start(hints(1, 60));
    const tried: { at: number; key: string }[] = [];
    account.faults.s3Put = (_bucket, key) => {
      tried.push({ at: account.clock.now() - NOW, key });
      return tried.length < 4 ? 'ServiceUnavailable' : undefined;
    };
    await put(account, 'a');
    for (let seconds = 0; seconds < 70; seconds++) {
      await account.clock.advance(1000);
      for (let turns = 0; turns < 5; turns++) await turn();
    }
    expect(tried.map(({ at }) => at / 1000)).toEqual([60, 61, 63, 67]);
    expect(new Set(tried.map(({ key }) => key)).size).toBe(1);
    expect(account.stored.map((object) => object.body.toString())).toEqual(['a']);
    expect(account.firehose.idle()).toBe(true);
  });

  it('is tried at once by a flush, and stays when it is refused for good', async () => {
    const account = start(hints(1, 60));
    let refusals = 3;
    account.faults.s3Put = () => (refusals-- > 0 ? 'SlowDown' : undefined);
    await put(account, 'a');
    await account.firehose.flush();
    expect(account.stored).toHaveLength(1);
    refusals = Number.POSITIVE_INFINITY;
    await put(account, 'b');
    await account.firehose.flush();
    expect(account.stored).toHaveLength(1);
    expect(figuresOf(account)).toMatchObject({ delivered: 1, held: 1, undelivered: 0 });
    expect(account.firehose.idle()).toBe(false);
  });

  it('is kept in the data folder when the retry window is over', async () => {
    const account = start(hints(1, 60), { retryMs: 5000 });
    account.faults.s3Put = () => 'AccessDenied';
    await put(account, 'a', 'b');
    for (let seconds = 0; seconds < 80; seconds++) {
      await account.clock.advance(1000);
      await settle(account);
    }
    expect(figuresOf(account)).toMatchObject({ delivered: 0, held: 0, undelivered: 2 });
    const folder = join(account.folder, 'undelivered', 'delivery');
    const lines = readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ bucket: 'lake', rawData: base64('a'), arrivalTimestamp: NOW }),
      expect.objectContaining({ rawData: base64('b'), key: expect.stringMatching(/^2026\//) }),
    ]);
  });

  it('is kept in the data folder when the account stops', async () => {
    const account = start(hints(1, 60));
    account.faults.s3Put = () => 'AccessDenied';
    await put(account, 'a');
    await account.firehose.flush();
    await account.firehose.stop();
    expect(readdirSync(join(account.folder, 'undelivered', 'delivery'))).toHaveLength(1);
    expect(existsSync(join(account.folder, 'buffers'))).toBe(false);
  });
});

describe('memory', () => {
  it('is bounded: what is over the limit waits on disk, and arrives whole', async () => {
    const account = start(hints(128, 900), { memoryBytes: 1024 * 1024 });
    const records = Array.from({ length: 400 }, (_, index) => `${index}:${'x'.repeat(20_000)}\n`);
    await put(account, ...records);
    const spilled = readdirSync(join(account.folder, 'buffers'));
    expect(spilled).toHaveLength(1);
    await account.firehose.flush();
    expect(account.stored[0]!.body.toString()).toBe(records.join(''));
    expect(readdirSync(join(account.folder, 'buffers'))).toHaveLength(0);
    expect(figuresOf(account)).toMatchObject({ delivered: 400, documents: 400 });
  });

  it('is held where the disk takes nothing: nothing is lost, and the figures say why', async () => {
    const noFolder = join(mkdtempSync(join(tmpdir(), 'firehose-test-')), 'file');
    onTestFinished(() => rmSync(dirname(noFolder), { recursive: true }));
    writeFileSync(noFolder, '');
    const account = start(hints(128, 900), { memoryBytes: 64 * 1024, folder: noFolder });
    await put(account, ...new Array<string>(50).fill('x'.repeat(5000)));
    expect(figuresOf(account).diskFault).toBe('ENOTDIR');
    await account.firehose.flush();
    expect(account.stored[0]!.body.length).toBe(250_000);
  });
});
