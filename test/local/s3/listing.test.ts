import {
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useS3 } from './s3-world.ts';

const world = useS3();
const fill = async (keys: readonly string[]): Promise<void> => {
  for (const key of keys) await world.objects.put('lake', key, Buffer.from('x'));
};
const list = (more: object = {}): Promise<ListObjectsV2CommandOutput> =>
  world.client.send(new ListObjectsV2Command({ Bucket: 'lake', ...more }));
const shown = (page: ListObjectsV2CommandOutput): { keys: unknown[]; prefixes: unknown[] } => ({
  keys: (page.Contents ?? []).map((each) => each.Key),
  prefixes: (page.CommonPrefixes ?? []).map((each) => each.Prefix),
});

describe('ListObjectsV2', () => {
  test('gives keys in the order of their UTF-8 bytes', async () => {
    const keys = ['b', 'a', 'A', 'é', '\u{10000}', '\uffee', 'a/b', 'a.b'];
    await fill(keys);
    const byBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(shown(await list()).keys).toEqual(byBytes);
  });

  test('rolls up what lies behind a delimiter', async () => {
    await fill(['a/1', 'a/2', 'b/c/1', 'd', 'e/']);
    expect(shown(await list({ Delimiter: '/' }))).toEqual({ keys: ['d'], prefixes: ['a/', 'b/', 'e/'] });
    expect(shown(await list({ Delimiter: '/', Prefix: 'b/' }))).toEqual({ keys: [], prefixes: ['b/c/'] });
    expect(shown(await list({ Prefix: 'a/' })).keys).toEqual(['a/1', 'a/2']);
    expect(shown(await list({ Prefix: 'zzz' }))).toEqual({ keys: [], prefixes: [] });
    expect(shown(await list({ StartAfter: 'a/1', Prefix: 'a/' })).keys).toEqual(['a/2']);
  });

  test('pages through more than a thousand', async () => {
    const keys = Array.from({ length: 1234 }, (_, index) => `k/${String(index).padStart(5, '0')}`);
    await fill(keys);
    const first = await list();
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 1000, MaxKeys: 1000 });
    const seen: unknown[] = [];
    for await (const page of paginateListObjectsV2({ client: world.client, pageSize: 333 }, { Bucket: 'lake' }))
      seen.push(...shown(page).keys);
    expect(seen).toEqual(keys);
  });

  test('no bucket, a bad token and a bad page size are told', async () => {
    await expect(world.client.send(new ListObjectsV2Command({ Bucket: 'nowhere' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await expect(list({ ContinuationToken: 'x' })).rejects.toMatchObject({ name: 'InvalidArgument' });
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  test('any keys, any page size, any delimiter: all pages together are the whole', async () => {
    const part = fc.stringMatching(/^[ab/.]{1,6}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(part, { maxLength: 25 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('', '/', 'ab'),
        fc.constantFrom('', 'a', 'b/'),
        async (keys, size, delimiter, prefix) => {
          for (const object of await world.objects.list('lake')) await world.objects.remove('lake', object.key);
          await fill(keys);
          const wanted = { keys: new Set<unknown>(), prefixes: new Set<unknown>() };
          for (const key of keys.filter((each) => each.startsWith(prefix))) {
            const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
            if (cut < 0) wanted.keys.add(key);
            else wanted.prefixes.add(key.slice(0, cut + delimiter.length));
          }
          const got = { keys: [] as unknown[], prefixes: [] as unknown[] };
          const input = { Bucket: 'lake', Prefix: prefix, ...(delimiter === '' ? {} : { Delimiter: delimiter }) };
          for await (const page of paginateListObjectsV2({ client: world.client, pageSize: size }, input)) {
            got.keys.push(...shown(page).keys);
            got.prefixes.push(...shown(page).prefixes);
          }
          expect(got.keys).toHaveLength(wanted.keys.size);
          expect(got.prefixes).toHaveLength(wanted.prefixes.size);
          expect({ keys: new Set(got.keys), prefixes: new Set(got.prefixes) }).toEqual(wanted);
        },
      ),
      { numRuns: 25 },
    );
  });
});

test('ListObjects pages by marker', async () => {
  await fill(['a/1', 'b/1', 'b/2', 'c']);
  const first = await world.client.send(new ListObjectsCommand({ Bucket: 'lake', Delimiter: '/', MaxKeys: 2 }));
  expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'b/' });
  const second = await world.client.send(
    new ListObjectsCommand({ Bucket: 'lake', Delimiter: '/', Marker: first.NextMarker }),
  );
  expect(second.Contents?.map((each) => each.Key)).toEqual(['c']);
  expect(second.CommonPrefixes ?? []).toEqual([]);
});
