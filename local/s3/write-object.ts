import { copyFile, rm } from 'node:fs/promises';
import type { AwsResponse } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { Bucket } from './bucket.ts';
import { checksumHeaders } from './checksum.ts';
import { checkRead, checkWrite } from './conditions.ts';
import { detailsOf, keptHeaders, metadataOf, tagsOfHeader } from './details.ts';
import type { Upload } from './object-store.ts';
import { receiveBody } from './receive.ts';
import { checkKey, isoTime, quoted, refuseByFault, type S3Call, storageError, xmlResponse } from './s3-call.ts';
import type { ObjectDetails, StoredObject } from './stored-object.ts';

const SSE = { 'x-amz-server-side-encryption': 'AES256' };

export async function putObject(call: S3Call): Promise<AwsResponse> {
  const bucket = call.store.bucket(call.bucket);
  checkKey(call.key);
  refuseByFault(call.store, call.bucket, call.key);
  checkWrite(call.headers, bucket.index.get(call.key));
  const details = detailsOf(call.headers);
  const { checksum, ...upload } = await receiveBody(call);
  const object = await commit(call, bucket, upload, { ...details, ...(checksum === undefined ? {} : { checksum }) });
  return { status: 200, headers: { etag: quoted(object.etag), ...checksumHeaders(checksum), ...SSE } };
}

/** Puts a file in place if the write's conditions still hold: others may have written while the body came in. */
export async function commit(
  call: S3Call,
  bucket: Bucket,
  upload: Upload,
  details: ObjectDetails,
): Promise<StoredObject> {
  try {
    checkWrite(call.headers, bucket.index.get(call.key));
    return call.store.commit(bucket, call.key, upload, details);
  } catch (error) {
    await rm(upload.file, { force: true });
    throw storageError(error);
  }
}

export async function copyObject(call: S3Call): Promise<AwsResponse> {
  const { store, headers } = call;
  const bucket = store.bucket(call.bucket);
  checkKey(call.key);
  refuseByFault(store, call.bucket, call.key);
  const { from, source } = copySource(call);
  const replace = headers['x-amz-metadata-directive']?.toUpperCase() === 'REPLACE';
  if (!replace && from === bucket && source.key === call.key) {
    throw new AwsError(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const replaceTags = headers['x-amz-tagging-directive']?.toUpperCase() === 'REPLACE';
  const details = {
    headers: replace ? keptHeaders(headers) : source.headers,
    metadata: replace ? metadataOf(headers) : source.metadata,
    tags: replaceTags ? tagsOfHeader(headers['x-amz-tagging']) : source.tags,
    ...(source.checksum === undefined ? {} : { checksum: source.checksum }),
  };
  const file = store.newFile();
  await copyFile(store.fileOf(from, source), file).catch((error) => Promise.reject(storageError(error)));
  const object = await commit(call, bucket, { file, size: source.size, etag: source.etag }, details);
  return xmlResponse('CopyObjectResult', { LastModified: isoTime(object.modified), ETag: quoted(object.etag) }, SSE);
}

/** The object that x-amz-copy-source names: `bucket/key` or `/bucket/key`, percent-encoded. */
export function copySource(call: S3Call): { from: Bucket; source: StoredObject } {
  const header = (call.headers['x-amz-copy-source'] ?? '').replace(/\?versionId=.*$/, '').replace(/^\//, '');
  const slash = header.indexOf('/');
  if (slash < 1) throw new AwsError('InvalidArgument', 'Invalid copy source object key');
  let key: string;
  try {
    key = decodeURIComponent(header.slice(slash + 1));
  } catch {
    throw new AwsError('InvalidArgument', 'Invalid copy source encoding.');
  }
  const from = call.store.bucket(header.slice(0, slash));
  const source = call.store.object(from, key);
  checkRead(call.headers, source, 'x-amz-copy-source-');
  return { from, source };
}

export function deleteObject(call: S3Call): AwsResponse {
  const bucket = call.store.bucket(call.bucket);
  const object = bucket.index.get(call.key);
  if (call.headers['if-match'] !== undefined) checkWrite({ 'if-match': call.headers['if-match'] }, object);
  call.store.remove(bucket, call.key);
  return { status: 204 };
}
