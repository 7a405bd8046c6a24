import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { useS3 } from './s3-world.ts';

const world = useS3();
const target = { Bucket: 'lake', Key: 'big' };
const MIB = 1024 * 1024;

async function begin(ChecksumAlgorithm?: ChecksumAlgorithm): Promise<string> {
  const { UploadId } = await world.client.send(
    new CreateMultipartUploadCommand({
      ...target,
      ContentType: 'text/csv',
      ...(ChecksumAlgorithm ? { ChecksumAlgorithm } : {}),
    }),
  );
  return UploadId as string;
}

async function upload(
  UploadId: string,
  PartNumber: number,
  Body: Buffer,
  ChecksumAlgorithm?: ChecksumAlgorithm,
): Promise<CompletedPart> {
  const part = await world.client.send(
    new UploadPartCommand({
      ...target,
      UploadId,
      PartNumber,
      Body,
      ...(ChecksumAlgorithm ? { ChecksumAlgorithm } : {}),
    }),
  );
  return { PartNumber, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 };
}

const complete = (UploadId: string, Parts: CompletedPart[], more: object = {}) =>
  world.client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts }, ...more }));

const uploadsLeft = (): number => readdirSync(join(world.dataDir, 's3/.uploads')).length;

describe('a multipart upload', () => {
  test('joins its parts in order, whichever came first', async () => {
    const bytes = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(10)] as const;
    const id = await begin();
    const third = await upload(id, 3, bytes[2]);
    await upload(id, 1, randomBytes(5 * MIB));
    const first = await upload(id, 1, bytes[0]);
    const second = await upload(id, 2, bytes[1]);
    const listed = await world.client.send(new ListPartsCommand({ ...target, UploadId: id }));
    expect(listed.Parts?.map((part) => [part.PartNumber, part.Size])).toEqual([
      [1, 5 * MIB],
      [2, 5 * MIB],
      [3, 10],
    ]);
    expect((await world.client.send(new ListMultipartUploadsCommand({ Bucket: 'lake' }))).Uploads).toHaveLength(1);
    const done = await complete(id, [first, second, third]);
    const md5s = bytes.map((each) => createHash('md5').update(each).digest());
    expect(done.ETag).toBe(`"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-3"`);
    const got = await world.client.send(new GetObjectCommand(target));
    expect(got.ContentType).toBe('text/csv');
    expect(Buffer.from((await got.Body?.transformToByteArray()) as Uint8Array).equals(Buffer.concat(bytes))).toBe(true);
    const part = await world.client.send(new GetObjectCommand({ ...target, PartNumber: 3 }));
    expect(part).toMatchObject({ PartsCount: 3, ContentLength: 10 });
    part.Body?.transformToByteArray();
    expect(uploadsLeft()).toBe(0);
  });

  test('with checksums has the composite of them', async () => {
    const id = await begin('CRC32');
    const first = await upload(id, 1, Buffer.alloc(5 * MIB, 'a'), 'CRC32');
    const second = await upload(id, 2, Buffer.from('end'), 'CRC32');
    const done = await complete(id, [first, second]);
    expect(done.ChecksumCRC32).toMatch(/==-2$/);
    expect(done.ChecksumType).toBe('COMPOSITE');
    const wrong = await begin('CRC32');
    const only = await upload(wrong, 1, Buffer.from('x'), 'CRC32');
    await expect(complete(wrong, [{ ...only, ChecksumCRC32: 'AAAAAA==' }])).rejects.toMatchObject({
      name: 'InvalidPart',
    });
  });

  test('refuses small parts, wrong order and unknown parts, and can be mended', async () => {
    const id = await begin();
    const first = await upload(id, 1, Buffer.from('small'));
    const second = await upload(id, 2, Buffer.from('last'));
    await expect(complete(id, [first, second])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete(id, [second, first])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete(id, [{ ...first, ETag: '"0"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete(id, [])).rejects.toMatchObject({ name: 'MalformedXML' });
    await complete(id, [second]);
    expect(await world.get('big')).toBe('last');
    await expect(complete(id, [second])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('aborted leaves nothing', async () => {
    const id = await begin();
    await upload(id, 1, Buffer.from('x'));
    await world.client.send(new AbortMultipartUploadCommand({ ...target, UploadId: id }));
    expect(uploadsLeft()).toBe(0);
    await expect(upload(id, 2, Buffer.from('x'))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('is conditional at its end', async () => {
    const id = await begin();
    const part = await upload(id, 1, Buffer.from('late'));
    await world.put('big', 'early');
    await expect(complete(id, [part], { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await world.get('big')).toBe('early');
  });

  test('takes parts from other objects', async () => {
    await world.put('source', '0123456789');
    const id = await begin();
    const copy = await world.client.send(
      new UploadPartCopyCommand({
        ...target,
        UploadId: id,
        PartNumber: 1,
        CopySource: 'lake/source',
        CopySourceRange: 'bytes=2-5',
      }),
    );
    await complete(id, [{ PartNumber: 1, ETag: copy.CopyPartResult?.ETag }]);
    expect(await world.get('big')).toBe('2345');
  });

  test('part numbers run from 1 to 10,000', async () => {
    const id = await begin();
    for (const number of [0, 10_001])
      await expect(upload(id, number, Buffer.from('x'))).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});
