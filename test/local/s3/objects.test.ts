import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  ChecksumAlgorithm,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import { createObjects } from '../../../local/s3/objects.ts';
import { useS3 } from './s3-world.ts';

const world = useS3();
const lake = (key: string) => ({ Bucket: 'lake', Key: key });
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

describe('objects', () => {
  test('are plain files under their own keys', async () => {
    await world.put('clickstream/event_type=view/dt=2026-01-31/part-0.ndjson', '{"a":1}\n');
    const file = join(world.dataDir, 's3/lake/clickstream/event_type=view/dt=2026-01-31/part-0.ndjson');
    expect(readFileSync(file, 'utf8')).toBe('{"a":1}\n');
    expect(readdirSync(join(world.dataDir, 's3/lake'))).toEqual(['clickstream']);
  });

  test('come back byte for byte with all that was said of them', async () => {
    const bytes = randomBytes(700_000);
    const put = await world.put('a b/c+é%#?&.bin', bytes, {
      ContentType: 'application/x-thing',
      ContentEncoding: 'gzip',
      CacheControl: 'no-store',
      Metadata: { owner: 'ann', note: 'a, b' },
      Tagging: 'team=x&cost=1%2C2',
    });
    expect(put.ETag).toBe(`"${md5(bytes)}"`);
    const got = await world.client.send(new GetObjectCommand(lake('a b/c+é%#?&.bin')));
    expect(Buffer.from((await got.Body?.transformToByteArray()) as Uint8Array).equals(bytes)).toBe(true);
    expect(got).toMatchObject({
      ContentType: 'application/x-thing',
      ContentEncoding: 'gzip',
      CacheControl: 'no-store',
      Metadata: { owner: 'ann', note: 'a, b' },
      ContentLength: 700_000,
      TagCount: 2,
    });
    expect(got.ChecksumCRC32).toBe(put.ChecksumCRC32);
  });

  test('streamed ones keep their own encoding, not aws-chunked', async () => {
    const parts = [randomBytes(70_000), randomBytes(1), randomBytes(130_000)];
    await world.put('k', Readable.from(parts), { ContentLength: 200_001, ContentEncoding: 'gzip' });
    const got = await world.client.send(new GetObjectCommand(lake('k')));
    expect(got.ContentEncoding).toBe('gzip');
    expect(md5(Buffer.from((await got.Body?.transformToByteArray()) as Uint8Array))).toBe(md5(Buffer.concat(parts)));
  });

  test('empty ones are objects too', async () => {
    await world.put('empty', Buffer.alloc(0));
    expect(await world.get('empty')).toBe('');
    expect(await world.client.send(new HeadObjectCommand(lake('empty')))).toMatchObject({ ContentLength: 0 });
  });

  test('a read takes a range', async () => {
    await world.put('digits', '0123456789');
    const range = async (Range: string): Promise<unknown> => {
      const got = await world.client.send(new GetObjectCommand({ ...lake('digits'), Range }));
      return [await got.Body?.transformToString(), got.ContentRange];
    };
    expect(await range('bytes=2-4')).toEqual(['234', 'bytes 2-4/10']);
    expect(await range('bytes=7-')).toEqual(['789', 'bytes 7-9/10']);
    expect(await range('bytes=-2')).toEqual(['89', 'bytes 8-9/10']);
    expect(await range('bytes=8-99')).toEqual(['89', 'bytes 8-9/10']);
    expect(await range('bytes=5-2')).toEqual(['0123456789', undefined]);
    await expect(range('bytes=10-')).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    });
  });

  test('an absent one is NoSuchKey; HEAD says only 404', async () => {
    await expect(world.get('gone')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(world.client.send(new HeadObjectCommand(lake('gone')))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(world.client.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'k' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  test('an overwrite in the middle of a read does not show in it', async () => {
    const old = Buffer.alloc(3_000_000, 'a');
    await world.put('k', old);
    const reading = await world.client.send(new GetObjectCommand(lake('k')));
    await world.put('k', Buffer.alloc(3_000_000, 'b'));
    expect(md5(Buffer.from((await reading.Body?.transformToByteArray()) as Uint8Array))).toBe(md5(old));
  });

  test('deletes are silent for what is absent, and leave no empty folders', async () => {
    await world.put('x/y/z', '1');
    await world.put('x/w', '2');
    await world.client.send(new DeleteObjectCommand(lake('x/y/z')));
    await world.client.send(new DeleteObjectCommand(lake('never')));
    expect(readdirSync(join(world.dataDir, 's3/lake/x'))).toEqual(['w']);
    const many = ['x/w', 'a&<b>', '\u0001'].map((Key) => ({ Key }));
    const { Deleted, Errors } = await world.client.send(
      new DeleteObjectsCommand({ Bucket: 'lake', Delete: { Objects: many.slice(0, 2) } }),
    );
    expect(Deleted).toEqual(many.slice(0, 2));
    expect(Errors ?? []).toEqual([]);
    expect(readdirSync(join(world.dataDir, 's3/lake'))).toEqual([]);
  });

  test('a copy takes the metadata along, or new ones', async () => {
    await world.put('from/ä b', 'text', { ContentType: 'text/plain', Metadata: { a: '1' } });
    const CopySource = `lake/${encodeURIComponent('from/ä b')}`;
    await world.client.send(new CopyObjectCommand({ ...lake('to'), CopySource }));
    expect(await world.client.send(new HeadObjectCommand(lake('to')))).toMatchObject({
      ContentType: 'text/plain',
      Metadata: { a: '1' },
    });
    await world.client.send(
      new CopyObjectCommand({ ...lake('to'), CopySource, MetadataDirective: 'REPLACE', Metadata: { b: '2' } }),
    );
    expect((await world.client.send(new HeadObjectCommand(lake('to')))).Metadata).toEqual({ b: '2' });
    expect(await world.get('to')).toBe('text');
    await expect(
      world.client.send(new CopyObjectCommand({ ...lake('to'), CopySource: 'lake/to' })),
    ).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test('tags are put, got and counted', async () => {
    await world.put('k', '1');
    const Tagging = { TagSet: [{ Key: 'a&b', Value: '<1>' }] };
    await world.client.send(new PutObjectTaggingCommand({ ...lake('k'), Tagging }));
    expect((await world.client.send(new GetObjectTaggingCommand(lake('k')))).TagSet).toEqual(Tagging.TagSet);
    const eleven = { TagSet: Array.from({ length: 11 }, (_, index) => ({ Key: `${index}`, Value: '' })) };
    await expect(
      world.client.send(new PutObjectTaggingCommand({ ...lake('k'), Tagging: eleven })),
    ).rejects.toMatchObject({ name: 'BadRequest' });
  });
});

describe('what is held against the body', () => {
  test.each(Object.values(ChecksumAlgorithm).filter((each) => /^(CRC|SHA1|SHA256)/.test(each)))(
    '%s of the client is kept and given back',
    async (algorithm) => {
      if (algorithm === 'CRC64NVME') return;
      const put = await world.put('k', 'hello', { ChecksumAlgorithm: algorithm });
      const value = (put as unknown as Record<string, string>)[`Checksum${algorithm}`];
      expect(value).toBeTruthy();
      const got = await world.client.send(new GetObjectCommand({ ...lake('k'), ChecksumMode: 'ENABLED' }));
      expect(await got.Body?.transformToString()).toBe('hello');
      expect((got as unknown as Record<string, string>)[`Checksum${algorithm}`]).toBe(value);
    },
  );

  test.each([
    ['CRC32', 'y/Q5Jg=='],
    ['CRC32C', '4waSgw=='],
    ['CRC64NVME', 'rosUhgp5mIg='],
  ] as const)('%s has its published check value', async (algorithm, value) => {
    const headers = { [`Checksum${algorithm}`]: value } as object;
    await world.put('k', '123456789', { ChecksumAlgorithm: algorithm, ...headers });
    expect(await world.get('k')).toBe('123456789');
    const wrong = world.put('k', '123456780', { ChecksumAlgorithm: algorithm, ...headers });
    await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
    expect(await world.get('k')).toBe('123456789');
  });

  test('a wrong Content-MD5 or trailer keeps the object out, and leaves no file', async () => {
    const wrong = world.put('k', 'x', { ContentMD5: createHash('md5').update('y').digest('base64') });
    await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(world.get('k')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(readdirSync(join(world.dataDir, 's3/.uploads'))).toEqual([]);
  });

  const chunkedPut = async (
    body: string,
    more: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${world.local.gateway.endpoint}/lake/chunked`, {
      method: 'PUT',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=A/20260131/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'content-encoding': 'aws-chunked',
        ...more,
      },
      body,
    });
    return { status: response.status, text: await response.text() };
  };

  test('signed chunks are taken apart', async () => {
    const signature = `;chunk-signature=${'0'.repeat(64)}`;
    const body = `5${signature}\r\nhello\r\n3${signature}\r\n\r\n!\r\n0${signature}\r\n\r\n`;
    expect((await chunkedPut(body, { 'x-amz-decoded-content-length': '8' })).status).toBe(200);
    expect(await world.get('chunked')).toBe('hello\r\n!');
  });

  test.each([
    ['5\r\nhel', 'IncompleteBody'],
    ['zz\r\nhello\r\n0\r\n\r\n', 'InvalidRequest'],
    ['5\r\nhelloXX0\r\n\r\n', 'InvalidRequest'],
    ['x'.repeat(100_000), 'InvalidRequest'],
    ['5\r\nhello\r\n', 'IncompleteBody'],
  ])('broken chunks %j are %s', async (body, code) => {
    const answer = await chunkedPut(body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(`<Code>${code}</Code>`);
  });

  test('a decoded length that is wrong is told', async () => {
    expect((await chunkedPut('5\r\nhello\r\n0\r\n\r\n', { 'x-amz-decoded-content-length': '6' })).text).toContain(
      'IncompleteBody',
    );
  });

  test('a client that hangs up in the middle leaves nothing', async () => {
    const socket = connect(world.local.gateway.port, '127.0.0.1');
    const auth = 'AWS4-HMAC-SHA256 Credential=A/20260131/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
    socket.write(`PUT /lake/half HTTP/1.1\r\nhost: x\r\nauthorization: ${auth}\r\ncontent-length: 1000\r\n\r\nhalf`);
    await expect.poll(() => readdirSync(join(world.dataDir, 's3/.uploads')).length).toBe(1);
    socket.destroy();
    await expect.poll(() => readdirSync(join(world.dataDir, 's3/.uploads')).length).toBe(0);
    await expect(world.get('half')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('conditions', () => {
  test('If-None-Match: * writes once, whoever comes first', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => world.put('once', `${index}`, { IfNoneMatch: '*' })),
    );
    const won = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [index] : []));
    expect(won).toHaveLength(1);
    expect(await world.get('once')).toBe(`${won[0]}`);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    }
  });

  test('If-Match writes over the version it names', async () => {
    const { ETag } = await world.put('k', '1');
    await expect(world.put('k', '2', { IfMatch: '"0"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await world.put('k', '2', { IfMatch: ETag });
    await expect(world.put('absent', '2', { IfMatch: ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await world.get('k')).toBe('2');
  });

  test('reads are conditional too', async () => {
    const { ETag } = await world.put('k', '1');
    const get = (more: object) => world.client.send(new GetObjectCommand({ ...lake('k'), ...more }));
    await expect(get({ IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(get({ IfMatch: '"x"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(get({ IfModifiedSince: new Date(Date.now() + 60_000) })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(get({ IfUnmodifiedSince: new Date(0) })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await (await get({ IfMatch: ETag })).Body?.transformToString()).toBe('1');
  });
});

describe('keys that a file system makes hard', () => {
  const hard = [
    '../../../etc/passwd',
    '..',
    '.',
    './x',
    'a//b',
    '/leading',
    'trailing/',
    'a\\b',
    'C:/x',
    'nul\u0000byte',
    'tab\tkey',
    'dot.',
    'space ',
    '%2e%2e/x',
    '%',
    '100%',
    'a%again1',
    '%empty',
    '%long/x',
    'x'.repeat(1024),
    `${'d/'.repeat(400)}f`,
    '🔑/ключ',
    'q?x=1',
    'h#1',
    'a*b|c"<d>',
  ];

  test('each is its own object, and none leaves the bucket’s folder', async () => {
    for (const key of hard) await world.put(key, `body of ${key}`);
    for (const key of hard) expect(await world.get(key)).toBe(`body of ${key}`);
    const listed = (await world.objects.list('lake')).map((object) => object.key);
    expect(new Set(listed)).toEqual(new Set(hard));
    expect(existsSync(join(world.dataDir, 'etc'))).toBe(false);
    expect(readdirSync(world.dataDir)).toEqual(['s3']);
    expect(readdirSync(join(world.dataDir, 's3')).sort()).toEqual(['.index', '.uploads', 'lake']);
    for (const key of hard) await world.client.send(new DeleteObjectCommand(lake(key)));
    expect(readdirSync(join(world.dataDir, 's3/lake'))).toEqual([]);
  });

  test('a key may be the folder of another, whichever came first', async () => {
    await world.put('a', 'file first');
    await world.put('a/b/c', 'then inside it');
    await world.put('a/b', 'and between');
    expect([await world.get('a'), await world.get('a/b'), await world.get('a/b/c')]).toEqual([
      'file first',
      'and between',
      'then inside it',
    ]);
    await world.put('a', 'again');
    expect(await world.get('a')).toBe('again');
  });

  test('keys that differ in case alone stay apart', async () => {
    for (const key of ['Key', 'key', 'KEY']) await world.put(key, key);
    for (const key of ['Key', 'key', 'KEY']) expect(await world.get(key)).toBe(key);
  });

  test('over 1,024 bytes is too long', async () => {
    await expect(world.put('é'.repeat(513), 'x')).rejects.toMatchObject({ name: 'KeyTooLongError' });
  });
});

describe('buckets', () => {
  test('are created, listed, headed and deleted when empty', async () => {
    await world.client.send(new CreateBucketCommand({ Bucket: 'second' }));
    await world.client.send(new HeadBucketCommand({ Bucket: 'second' }));
    expect((await world.client.send(new ListBucketsCommand({}))).Buckets?.map((bucket) => bucket.Name)).toEqual([
      'lake',
      'second',
    ]);
    await world.client.send(new PutObjectCommand({ Bucket: 'second', Key: 'k', Body: '1' }));
    await expect(world.client.send(new DeleteBucketCommand({ Bucket: 'second' }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    });
    await world.client.send(new DeleteObjectCommand({ Bucket: 'second', Key: 'k' }));
    await world.client.send(new DeleteBucketCommand({ Bucket: 'second' }));
    await expect(world.client.send(new HeadBucketCommand({ Bucket: 'second' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  test.each(['UPPER', 'a', '-x', '127.0.0.1', '.index', '..', 'a..b'])('%j is no name for one', async (name) => {
    expect(() => world.objects.createBucket(name)).toThrow('The specified bucket is not valid.');
  });

  test('configurations are kept, and told when there are none', async () => {
    const Policy = '{"Version":"2012-10-17","Statement":[]}';
    await expect(world.client.send(new GetBucketPolicyCommand({ Bucket: 'lake' }))).rejects.toMatchObject({
      name: 'NoSuchBucketPolicy',
    });
    await world.client.send(new PutBucketPolicyCommand({ Bucket: 'lake', Policy }));
    expect((await world.client.send(new GetBucketPolicyCommand({ Bucket: 'lake' }))).Policy).toBe(Policy);
    expect((await world.client.send(new GetBucketVersioningCommand({ Bucket: 'lake' }))).Status).toBeUndefined();
    expect(
      (await world.client.send(new GetBucketLocationCommand({ Bucket: 'lake' }))).LocationConstraint,
    ).toBeUndefined();
    const none = world.client.send(new GetBucketEncryptionCommand({ Bucket: 'lake' }));
    await expect(none).rejects.toMatchObject({ name: 'ServerSideEncryptionConfigurationNotFoundError' });
  });
});

describe('inside the account', () => {
  test('puts, gets, lists and removals meet those of clients', async () => {
    const seen: unknown[] = [];
    const leave = world.objects.onCreated((...event) => seen.push(event));
    await world.objects.put('lake', 'a/1.gz', Buffer.from('one'), {
      contentType: 'text/plain',
      contentEncoding: 'gzip',
    });
    await world.put('a/2', 'two');
    expect(await world.client.send(new HeadObjectCommand(lake('a/1.gz')))).toMatchObject({
      ContentType: 'text/plain',
      ContentEncoding: 'gzip',
      ETag: `"${md5(Buffer.from('one'))}"`,
    });
    expect((await world.objects.get('lake', 'a/2')).toString()).toBe('two');
    expect((await world.objects.list('lake', 'a/')).map(({ key, size }) => [key, size])).toEqual([
      ['a/1.gz', 3],
      ['a/2', 3],
    ]);
    await world.objects.remove('lake', 'a/2');
    await expect(world.objects.get('lake', 'a/2')).rejects.toMatchObject({ code: 'NoSuchKey' });
    expect(seen).toEqual([
      ['lake', 'a/1.gz', 3],
      ['lake', 'a/2', 3],
    ]);
    leave();
  });

  test('the fault of a put meets both, and nothing is written', async () => {
    world.local.faults.s3Put = (bucket, key) => (bucket === 'lake' && key.startsWith('bad/') ? 'SlowDown' : undefined);
    await expect(world.objects.put('lake', 'bad/1', Buffer.from('x'))).rejects.toMatchObject({
      code: 'SlowDown',
      status: 503,
    });
    await expect(world.put('bad/2', 'x')).rejects.toMatchObject({ name: 'SlowDown' });
    await world.put('good', 'x');
    expect((await world.objects.list('lake')).map((object) => object.key)).toEqual(['good']);
  });

  test('what one run left, the next finds, with files that a person put there', async () => {
    await world.put('kept/é', 'text', { ContentType: 'text/plain', Metadata: { a: '1' } });
    await world.put('deleted', 'x');
    await world.client.send(new DeleteObjectCommand(lake('deleted')));
    writeFileSync(join(world.dataDir, 's3/lake/by-hand.json'), '{}');
    const again = createObjects({ clock: createClock(), dataDir: world.dataDir });
    expect((await again.list('lake')).map(({ key, size }) => [key, size])).toEqual([
      ['by-hand.json', 2],
      ['kept/é', 4],
    ]);
    expect((await again.get('lake', 'kept/é')).toString()).toBe('text');
  });
});
