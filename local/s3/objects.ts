/**
 * S3 over plain files: an object `a/b.parquet` of bucket `lake` is the file `<dataDir>/s3/lake/a/b.parquet`, which a
 * person and DuckDB can open. Written for this account because what an emulator holds in memory can't be queried,
 * outgrows the laptop and is gone with the process.
 */
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AwsService, Clock, Faults, Objects } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { bucketOperations, changeSetting, checkBucketName, settingOf, taggingOperations } from './buckets.ts';
import { deleteObjects } from './delete-objects.ts';
import { listObjects, listObjectsV2, listObjectVersions } from './list-objects.ts';
import { multipartOperations } from './multipart.ts';
import { createObjectStore, type ObjectStore } from './object-store.ts';
import { getObject, getObjectAttributes, headObject } from './read-object.ts';
import { routeOf } from './route.ts';
import { checkKey, refuseByFault, type S3Operation, storageError } from './s3-call.ts';
import { DEFAULT_TYPE } from './stored-object.ts';
import { copyObject, deleteObject, putObject } from './write-object.ts';

export interface ObjectsOptions {
  readonly clock: Clock;
  readonly faults?: Faults;
  readonly region?: string;
  /** Buckets are folders of `<dataDir>/s3`; what lies there from before is taken over. */
  readonly dataDir: string;
}

export interface LocalObjects extends AwsService, Objects {
  /** Makes a bucket, unless there is one; checks its name. */
  createBucket(name: string): void;
  /** The folder that holds a bucket's objects. */
  folderOf(bucket: string): string;
}

export function createObjects(options: ObjectsOptions): LocalObjects {
  const { clock, faults = {}, region = 'us-east-1' } = options;
  const store = createObjectStore({ clock, faults, region, root: join(options.dataDir, 's3') });
  return {
    ...serviceOf(store),
    ...objectsOf(store),
    createBucket(name) {
      checkBucketName(name);
      store.createBucket(name);
    },
    folderOf: (bucket) => store.bucket(bucket).folder,
  };
}

function serviceOf(store: ObjectStore): AwsService {
  const operations = new Map<string, S3Operation>(
    Object.entries({
      ...bucketOperations,
      ...taggingOperations,
      ...multipartOperations(),
      PutObject: putObject,
      CopyObject: copyObject,
      DeleteObject: deleteObject,
      DeleteObjects: deleteObjects,
      GetObject: getObject,
      HeadObject: headObject,
      GetObjectAttributes: getObjectAttributes,
      ListObjects: listObjects,
      ListObjectsV2: listObjectsV2,
      ListObjectVersions: listObjectVersions,
    }),
  );
  return {
    names: ['s3'],
    protocol: 'rest-xml',
    streams: true,
    operationOf: (request) => routeOf(request).operation,
    async handle(request) {
      const { operation, ...route } = routeOf(request);
      const run = operations.get(operation) ?? (settingOf(route.query) === undefined ? undefined : changeSetting);
      if (run === undefined)
        throw new AwsError('NotImplemented', `The local account's S3 has no ${operation}.`, { status: 501 });
      return run({ store, request, headers: request.headers, ...route });
    },
  };
}

/** S3 as the account's own parts use it. */
function objectsOf(store: ObjectStore): Objects {
  return {
    async put(bucket, key, body, settings = {}) {
      const target = store.bucket(bucket);
      checkKey(key);
      refuseByFault(store, bucket, key);
      const headers: Record<string, string> = { 'content-type': settings.contentType ?? DEFAULT_TYPE };
      if (settings.contentEncoding !== undefined) headers['content-encoding'] = settings.contentEncoding;
      const file = store.newFile();
      try {
        await writeFile(file, body);
        const etag = createHash('md5').update(body).digest('hex');
        store.commit(target, key, { file, size: body.length, etag }, { headers, metadata: {}, tags: {} });
      } catch (error) {
        await rm(file, { force: true });
        throw storageError(error);
      }
    },
    async get(bucket, key) {
      const found = store.bucket(bucket);
      return readFile(store.fileOf(found, store.object(found, key)));
    },
    async list(bucket, prefix = '') {
      const { index } = store.bucket(bucket);
      const found: { key: string; size: number; lastModified: number }[] = [];
      let at = index.rank(prefix);
      for (let object = index.at(at); object?.key.startsWith(prefix); object = index.at(at)) {
        found.push({ key: object.key, size: object.size, lastModified: object.modified });
        at += 1;
      }
      return found;
    },
    async remove(bucket, key) {
      store.remove(store.bucket(bucket), key);
    },
    onCreated(listener) {
      store.created.add(listener);
      return () => store.created.delete(listener);
    },
  };
}
