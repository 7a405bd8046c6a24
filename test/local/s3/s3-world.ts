import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach } from 'vitest';
import { createObjects, type LocalObjects } from '../../../local/s3/objects.ts';
import { type LocalEndpoint, openEndpoint } from '../../factories/local-endpoint.ts';

/** A new account's S3 before each test, with a bucket `lake` and an unmodified client. */
export interface S3World {
  local: LocalEndpoint;
  objects: LocalObjects;
  client: S3Client;
  dataDir: string;
  put(
    key: string,
    body: PutObjectCommandInput['Body'],
    more?: Partial<PutObjectCommandInput>,
  ): Promise<PutObjectCommandOutput>;
  get(key: string): Promise<string>;
}

export function useS3(): S3World {
  const world = {
    put: (key, body, more = {}) =>
      world.client.send(
        new PutObjectCommand({ Bucket: 'lake', Key: key, ...more, ...(body === undefined ? {} : { Body: body }) }),
      ),
    async get(key) {
      const { Body } = await world.client.send(new GetObjectCommand({ Bucket: 'lake', Key: key }));
      return (await Body?.transformToString()) as string;
    },
  } as S3World;
  beforeEach(async () => {
    world.dataDir = mkdtempSync(join(tmpdir(), 's3-'));
    world.local = await openEndpoint(({ clock, faults }) => {
      world.objects = createObjects({ clock, faults, dataDir: world.dataDir });
      world.objects.createBucket('lake');
      return [world.objects];
    });
    world.client = new S3Client(world.local.client);
  });
  afterEach(async () => {
    world.client.destroy();
    await world.local.stop();
    rmSync(world.dataDir, { recursive: true, force: true });
  });
  return world;
}
