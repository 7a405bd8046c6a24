/** What S3's operations need. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
import type { AwsRequest } from '../account/contracts.ts';
import { routeOf } from '../s3/route.ts';
import type { Need } from './statement.ts';

/** Operation → action, where they differ. */
const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  GetObjectAttributes: 'GetObjectAttributes',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  UploadPartCopy: 'PutObject',
  CopyObject: 'PutObject',
  ListParts: 'ListMultipartUploadParts',
};

const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  HeadBucket: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
};

export function s3Needs(request: Pick<AwsRequest, 'method' | 'url' | 'headers'>): readonly Need[] {
  const { operation, bucket, key, query } = routeOf(request);
  if (operation === 'ListBuckets') return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  const bucketArn = `arn:aws:s3:::${bucket}`;
  // Keys stand in the body, which has not been read: only who may delete all of them may delete any.
  if (operation === 'DeleteObjects') return [{ action: 's3:DeleteObject', resource: `${bucketArn}/*` }];
  if (key === '') {
    const context = { 's3:prefix': query.get('prefix') ?? '', 's3:delimiter': query.get('delimiter') ?? undefined };
    return [{ action: `s3:${BUCKET_ACTIONS[operation] ?? operation}`, resource: bucketArn, context }];
  }
  const version = query.has('versionId') && operation === 'GetObject' ? 'GetObjectVersion' : undefined;
  const action = `s3:${version ?? OBJECT_ACTIONS[operation] ?? operation}`;
  const needs: Need[] = [{ action, resource: `${bucketArn}/${key}` }];
  if (request.headers['x-amz-tagging'] !== undefined) {
    needs.push({ action: 's3:PutObjectTagging', resource: `${bucketArn}/${key}` });
  }
  const source = sourceOf(request.headers['x-amz-copy-source']);
  return source === undefined ? needs : [...needs, { action: 's3:GetObject', resource: `arn:aws:s3:::${source}` }];
}

function sourceOf(header: string | undefined): string | undefined {
  const path = header?.replace(/^\//, '').replace(/\?versionId=.*$/, '');
  return path === undefined ? undefined : decodeURIComponent(path);
}
