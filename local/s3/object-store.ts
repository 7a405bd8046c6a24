/** Buckets and their objects' files. Whatever changes them does so in one turn, so that conditions hold. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock, Faults } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { adoptFiles } from './adopt-files.ts';
import type { Bucket } from './bucket.ts';
import { alternativePath, pathOfKey } from './key-path.ts';
import { createObjectIndex } from './object-index.ts';
import type { ObjectDetails, StoredObject } from './stored-object.ts';

/** A file that holds an object's bytes and waits to be put in place. */
export interface Upload {
  readonly file: string;
  readonly size: number;
  readonly etag: string;
}

export interface ObjectStore {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly region: string;
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly created: Set<(bucket: string, key: string, size: number) => void>;
  bucket(name: string): Bucket;
  createBucket(name: string): Bucket;
  deleteBucket(bucket: Bucket): void;
  object(bucket: Bucket, key: string): StoredObject;
  fileOf(bucket: Bucket, object: StoredObject): string;
  /** A new path for bytes on their way in. */
  newFile(): string;
  commit(bucket: Bucket, key: string, upload: Upload, details: ObjectDetails): StoredObject;
  replace(bucket: Bucket, object: StoredObject): void;
  remove(bucket: Bucket, key: string): void;
}

export interface StoreOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly region: string;
  /** Buckets are folders in it. */
  readonly root: string;
}

/** Opens the store, with what an earlier run left in it. */
export function createObjectStore({ clock, faults, region, root }: StoreOptions): ObjectStore {
  const uploads = join(root, '.uploads');
  rmSync(uploads, { recursive: true, force: true });
  mkdirSync(uploads, { recursive: true });
  const buckets = new Map<string, Bucket>();
  const created: ObjectStore['created'] = new Set();

  function open(name: string): Bucket {
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    const index = createObjectIndex(join(root, '.index', `${name}.ndjson`), (object) =>
      isFile(join(folder, object.path)),
    );
    const bucket: Bucket = { name, createdAt: clock.now(), folder, index, settings: new Map() };
    buckets.set(name, bucket);
    return bucket;
  }

  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (entry.isDirectory() && !entry.name.startsWith('.')) adoptFiles(open(entry.name));
  }

  return {
    clock,
    faults,
    region,
    buckets,
    created,
    bucket(name) {
      const bucket = buckets.get(name);
      if (bucket !== undefined) return bucket;
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', {
        status: 404,
        fields: { BucketName: name },
      });
    },
    createBucket: (name) => buckets.get(name) ?? open(name),
    deleteBucket(bucket) {
      buckets.delete(bucket.name);
      rmSync(bucket.folder, { recursive: true, force: true });
      rmSync(join(root, '.index', `${bucket.name}.ndjson`), { force: true });
    },
    object(bucket, key) {
      const object = bucket.index.get(key);
      if (object !== undefined) return object;
      throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, fields: { Key: key } });
    },
    fileOf: (bucket, object) => join(bucket.folder, object.path),
    newFile: () => join(uploads, randomUUID()),
    commit(bucket, key, upload, details) {
      const old = bucket.index.get(key);
      const path = old?.path ?? freePath(bucket, key);
      if (old === undefined) makeFolders(bucket, path);
      renameSync(upload.file, join(bucket.folder, path));
      const object = { key, path, size: upload.size, etag: upload.etag, modified: clock.now(), ...details };
      bucket.index.set(object);
      for (const listener of created) listener(bucket.name, key, upload.size);
      return object;
    },
    replace: (bucket, object) => bucket.index.set(object),
    remove(bucket, key) {
      const object = bucket.index.get(key);
      if (object === undefined) return;
      rmSync(join(bucket.folder, object.path), { force: true });
      bucket.index.delete(key);
      removeEmptyFolders(bucket, dirname(object.path));
    },
  };
}

/** A key's own path, or the next one when a folder or another key's file is there. */
function freePath(bucket: Bucket, key: string): string {
  const own = pathOfKey(key);
  for (let turn = 0; ; turn += 1) {
    const path = alternativePath(own, turn);
    if (bucket.index.atPath(path) === undefined && !exists(join(bucket.folder, path))) return path;
  }
}

/** Makes a path's folders; a file in their way, being another key's, moves aside. */
function makeFolders(bucket: Bucket, path: string): void {
  const names = dirname(path).split('/');
  for (let depth = 1; depth <= names.length; depth += 1) {
    const ancestor = names.slice(0, depth).join('/');
    const inWay = bucket.index.atPath(ancestor);
    if (inWay === undefined || !isFile(join(bucket.folder, ancestor))) continue;
    const aside = freePath(bucket, inWay.key);
    renameSync(join(bucket.folder, inWay.path), join(bucket.folder, aside));
    bucket.index.set({ ...inWay, path: aside });
  }
  mkdirSync(join(bucket.folder, dirname(path)), { recursive: true });
}

function removeEmptyFolders(bucket: Bucket, path: string): void {
  for (let folder = path; folder !== '.' && folder !== ''; folder = dirname(folder)) {
    try {
      rmdirSync(join(bucket.folder, folder));
    } catch {
      return;
    }
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
