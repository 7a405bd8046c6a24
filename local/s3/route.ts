/** Which operation a REST request asks for, on which bucket and key. */
import type { AwsRequest } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { settingOf } from './buckets.ts';

export interface Route {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

type Addressed = Pick<AwsRequest, 'method' | 'url' | 'headers'>;

/** Path style (`/bucket/key`), or the bucket in the host's name (`bucket.s3.…`, `bucket.localhost`). */
export function routeOf(request: Addressed): Route {
  const [path = '', search = ''] = splitOnce(request.url, '?');
  const query = new URLSearchParams(search);
  const hosted = bucketOfHost(request.headers.host);
  const [first, rest] = hosted === undefined ? splitOnce(path.slice(1), '/') : [hosted, path.slice(1)];
  const bucket = decode(first ?? '');
  const key = decode(rest ?? '');
  const operation = key === '' ? bucketOperation(request, bucket, query) : objectOperation(request, query);
  return { operation, bucket, key, query };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function bucketOfHost(host: string | undefined): string | undefined {
  return /^(.+)\.(?:s3[.-]|localhost(?::\d+)?$)/.exec(host ?? '')?.[1];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

function bucketOperation({ method }: Addressed, bucket: string, query: URLSearchParams): string {
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : notAllowed();
  const setting = settingOf(query)?.name;
  switch (method) {
    case 'GET':
      if (query.has('location')) return 'GetBucketLocation';
      if (query.has('acl')) return 'GetBucketAcl';
      if (query.has('uploads')) return 'ListMultipartUploads';
      if (query.has('versions')) return 'ListObjectVersions';
      if (setting !== undefined) return `Get${setting}`;
      return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
    case 'HEAD':
      return 'HeadBucket';
    case 'PUT':
      if (query.has('acl')) return 'PutBucketAcl';
      return setting === undefined ? 'CreateBucket' : `Put${setting}`;
    case 'DELETE':
      return setting === undefined ? 'DeleteBucket' : `Delete${setting}`;
    case 'POST':
      return query.has('delete') ? 'DeleteObjects' : notAllowed();
    default:
      return notAllowed();
  }
}

function objectOperation({ method, headers }: Addressed, query: URLSearchParams): string {
  const copy = headers['x-amz-copy-source'] !== undefined;
  switch (method) {
    case 'GET':
      if (query.has('tagging')) return 'GetObjectTagging';
      if (query.has('uploadId')) return 'ListParts';
      if (query.has('attributes')) return 'GetObjectAttributes';
      return query.has('acl') ? 'GetObjectAcl' : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'PUT':
      if (query.has('tagging')) return 'PutObjectTagging';
      if (query.has('acl')) return 'PutObjectAcl';
      if (query.has('partNumber')) return copy ? 'UploadPartCopy' : 'UploadPart';
      return copy ? 'CopyObject' : 'PutObject';
    case 'POST':
      if (query.has('uploads')) return 'CreateMultipartUpload';
      return query.has('uploadId') ? 'CompleteMultipartUpload' : notAllowed();
    case 'DELETE':
      if (query.has('tagging')) return 'DeleteObjectTagging';
      return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
    default:
      return notAllowed();
  }
}

function notAllowed(): never {
  throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', { status: 405 });
}
