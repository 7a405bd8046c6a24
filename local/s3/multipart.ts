/** Multipart uploads: parts are files until they are joined. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
import { createHash, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { AwsResponse } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { childText, type XmlElement } from '../gateway/xml.ts';
import {
  ALGORITHMS,
  type Algorithm,
  algorithmOf,
  type Checksum,
  checksumHeaders,
  compositeChecksum,
} from './checksum.ts';
import { checkWrite } from './conditions.ts';
import { detailsOf } from './details.ts';
import { joinFiles } from './join-files.ts';
import type { Upload } from './object-store.ts';
import { receiveBody } from './receive.ts';
import { checkKey, isoTime, quoted, refuseByFault, type S3Call, type S3Operation, xmlResponse } from './s3-call.ts';
import type { StoredObject } from './stored-object.ts';
import { commit, copySource } from './write-object.ts';
import { malformedXml, readXmlBody } from './xml-body.ts';

interface Part extends Upload {
  readonly number: number;
  readonly modified: number;
  readonly checksum: Checksum | undefined;
}

interface MultipartUpload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly begun: number;
  readonly details: Pick<StoredObject, 'headers' | 'metadata' | 'tags'>;
  readonly algorithm: Algorithm | undefined;
  readonly wholeChecksum: boolean;
  readonly parts: Map<number, Part>;
}

const MOST_PARTS = 10_000;
const LEAST_PART = 5 * 1024 * 1024;

export function multipartOperations(): Record<string, S3Operation> {
  const uploads = new Map<string, MultipartUpload>();
  return {
    CreateMultipartUpload: (call) => begin(uploads, call),
    UploadPart: (call) => takePart(uploads, call),
    UploadPartCopy: (call) => copyPart(uploads, call),
    CompleteMultipartUpload: (call) => complete(uploads, call),
    AbortMultipartUpload: (call) => abort(uploads, call),
    ListParts: (call) => listParts(uploads, call),
    ListMultipartUploads: (call) => listUploads(uploads, call),
  };
}

type Uploads = Map<string, MultipartUpload>;

function find(uploads: Uploads, call: S3Call): MultipartUpload {
  call.store.bucket(call.bucket);
  const upload = uploads.get(call.query.get('uploadId') ?? '');
  if (upload !== undefined && upload.bucket === call.bucket && upload.key === call.key) return upload;
  throw new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { status: 404 },
  );
}

function begin(uploads: Uploads, call: S3Call): AwsResponse {
  call.store.bucket(call.bucket);
  checkKey(call.key);
  const algorithm = algorithmOf(call.headers);
  const upload: MultipartUpload = {
    id: randomUUID().replaceAll('-', ''),
    bucket: call.bucket,
    key: call.key,
    begun: call.store.clock.now(),
    details: detailsOf(call.headers),
    algorithm,
    wholeChecksum: algorithm === 'CRC64NVME' || call.headers['x-amz-checksum-type'] === 'FULL_OBJECT',
    parts: new Map(),
  };
  uploads.set(upload.id, upload);
  const members = { Bucket: upload.bucket, Key: upload.key, UploadId: upload.id };
  const headers = algorithm === undefined ? {} : { 'x-amz-checksum-algorithm': algorithm };
  return xmlResponse('InitiateMultipartUploadResult', members, headers as Record<string, string>);
}

function partNumber(call: S3Call): number {
  const number = Number(call.query.get('partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= MOST_PARTS) return number;
  throw new AwsError('InvalidArgument', `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`);
}

async function addPart(uploads: Uploads, upload: MultipartUpload, part: Part): Promise<void> {
  const old = upload.parts.get(part.number);
  const gone = !uploads.has(upload.id);
  if (!gone) upload.parts.set(part.number, part);
  const stale = gone ? part.file : old?.file;
  if (stale !== undefined) await rm(stale, { force: true });
}

async function takePart(uploads: Uploads, call: S3Call): Promise<AwsResponse> {
  const upload = find(uploads, call);
  const number = partNumber(call);
  refuseByFault(call.store, call.bucket, call.key);
  const received = await receiveBody(call);
  await addPart(uploads, upload, { ...received, number, modified: call.store.clock.now() });
  const { checksum } = received;
  const headers =
    checksum === undefined ? {} : { [`x-amz-checksum-${checksum.algorithm.toLowerCase()}`]: checksum.value };
  return { status: 200, headers: { etag: quoted(received.etag), ...headers } };
}

async function copyPart(uploads: Uploads, call: S3Call): Promise<AwsResponse> {
  const upload = find(uploads, call);
  const number = partNumber(call);
  const { from, source } = copySource(call);
  const range = /^bytes=(\d+)-(\d+)$/.exec(call.headers['x-amz-copy-source-range'] ?? '');
  const span = range === null ? {} : { start: Number(range[1]), end: Number(range[2]) };
  if (range !== null && Number(range[2]) >= source.size) {
    throw new AwsError('InvalidArgument', `Range specified is not valid for source object of size: ${source.size}`);
  }
  const joined = await joinFiles(call.store, [{ file: call.store.fileOf(from, source), span }], undefined);
  await addPart(uploads, upload, { ...joined, number, modified: call.store.clock.now(), checksum: undefined });
  return xmlResponse('CopyPartResult', { LastModified: isoTime(call.store.clock.now()), ETag: quoted(joined.etag) });
}

async function complete(uploads: Uploads, call: S3Call): Promise<AwsResponse> {
  const upload = find(uploads, call);
  const bucket = call.store.bucket(call.bucket);
  refuseByFault(call.store, call.bucket, call.key);
  checkWrite(call.headers, bucket.index.get(call.key));
  const listed = (await readXmlBody(call, 'CompleteMultipartUpload')).children.filter((each) => each.name === 'Part');
  const parts = chosenParts(upload, listed);
  const { file, size, digest } = await joinFiles(
    call.store,
    parts.map((part) => ({ file: part.file, span: {} })),
    upload.wholeChecksum ? upload.algorithm : undefined,
  );
  const checksum = checksumOf(upload, parts, digest);
  const md5 = createHash('md5');
  for (const part of parts) md5.update(Buffer.from(part.etag, 'hex'));
  const etag = `${md5.digest('hex')}-${parts.length}`;
  const details = {
    ...upload.details,
    parts: parts.map((part) => part.size),
    ...(checksum === undefined ? {} : { checksum }),
  };
  const object = await commit(call, bucket, { file, size, etag }, details);
  await forget(uploads, upload);
  return xmlResponse(
    'CompleteMultipartUploadResult',
    {
      Location: `/${upload.bucket}/${upload.key}`,
      Bucket: upload.bucket,
      Key: upload.key,
      ETag: quoted(object.etag),
      ...(checksum === undefined
        ? {}
        : { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }),
    },
    checksumHeaders(checksum),
  );
}

/** The parts a completion lists, each held against what was uploaded. */
function chosenParts(upload: MultipartUpload, listed: readonly XmlElement[]): Part[] {
  if (listed.length === 0) throw malformedXml();
  const numbers = listed.map((element) => Number(childText(element, 'PartNumber')));
  if (numbers.some((number, index) => !(number > (numbers[index - 1] ?? 0)))) {
    throw new AwsError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    );
  }
  const parts = listed.map((element, index) => chosenPart(upload.parts.get(numbers[index] as number), element));
  const small = parts.slice(0, -1).find((part) => part.size < LEAST_PART);
  if (small === undefined) return parts;
  throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
    fields: { ProposedSize: small.size, MinSizeAllowed: LEAST_PART, PartNumber: small.number },
  });
}

function chosenPart(part: Part | undefined, element: XmlElement): Part {
  const etag = childText(element, 'ETag')
    ?.trim()
    .replace(/^"(.*)"$/, '$1');
  const checksums = ALGORITHMS.map((each) => childText(element, `Checksum${each}`));
  const announced = checksums.find((each) => each !== undefined);
  const wrong = announced !== undefined && part?.checksum !== undefined && announced !== part.checksum.value;
  if (part !== undefined && part.etag === etag && !wrong) return part;
  throw new AwsError(
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );
}

function checksumOf(upload: MultipartUpload, parts: readonly Part[], whole: string | undefined): Checksum | undefined {
  if (upload.algorithm === undefined) return undefined;
  if (whole !== undefined) return { algorithm: upload.algorithm, value: whole, type: 'FULL_OBJECT' };
  const values = parts.map((part) => part.checksum?.value);
  return values.every((value) => value !== undefined) ? compositeChecksum(upload.algorithm, values) : undefined;
}

async function forget(uploads: Uploads, upload: MultipartUpload): Promise<void> {
  uploads.delete(upload.id);
  for (const part of upload.parts.values()) await rm(part.file, { force: true });
}

async function abort(uploads: Uploads, call: S3Call): Promise<AwsResponse> {
  await forget(uploads, find(uploads, call));
  return { status: 204 };
}

function listParts(uploads: Uploads, call: S3Call): AwsResponse {
  const upload = find(uploads, call);
  const after = Number(call.query.get('part-number-marker') ?? 0);
  const most = Math.min(Number(call.query.get('max-parts') ?? 1000) || 1000, 1000);
  const all = [...upload.parts.values()].filter((part) => part.number > after).sort((a, b) => a.number - b.number);
  const page = all.slice(0, most);
  return xmlResponse('ListPartsResult', {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    PartNumberMarker: after,
    NextPartNumberMarker: page[page.length - 1]?.number,
    MaxParts: most,
    IsTruncated: page.length < all.length,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: isoTime(part.modified),
      ETag: quoted(part.etag),
      Size: part.size,
    })),
  });
}

function listUploads(uploads: Uploads, call: S3Call): AwsResponse {
  const { name } = call.store.bucket(call.bucket);
  const prefix = call.query.get('prefix') ?? '';
  const found = [...uploads.values()]
    .filter((each) => each.bucket === name && each.key.startsWith(prefix))
    .slice(0, 1000);
  return xmlResponse('ListMultipartUploadsResult', {
    Bucket: name,
    Prefix: prefix,
    IsTruncated: false,
    Upload: found.map((each) => ({
      Key: each.key,
      UploadId: each.id,
      Initiated: isoTime(each.begun),
      StorageClass: 'STANDARD',
    })),
  });
}
