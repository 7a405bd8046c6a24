import type { AwsResponse } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { readBody } from '../gateway/body.ts';
import { child, childText } from '../gateway/xml.ts';
import { checkTags } from './details.ts';
import { bodyOf } from './receive.ts';
import { isoTime, type S3Call, type S3Operation, xmlResponse } from './s3-call.ts';
import { readXmlBody } from './xml-body.ts';

/**
 * Configurations of a bucket that are kept word for word and given back: what each is called in operations, and what
 * S3 answers when there is none (an error's code, or an empty document).
 */
const SETTINGS: Readonly<Record<string, { name: string; none: { code: string } | { root: string } }>> = {
  accelerate: { name: 'BucketAccelerateConfiguration', none: { root: 'AccelerateConfiguration' } },
  cors: { name: 'BucketCors', none: { code: 'NoSuchCORSConfiguration' } },
  encryption: { name: 'BucketEncryption', none: { code: 'ServerSideEncryptionConfigurationNotFoundError' } },
  lifecycle: { name: 'BucketLifecycleConfiguration', none: { code: 'NoSuchLifecycleConfiguration' } },
  logging: { name: 'BucketLogging', none: { root: 'BucketLoggingStatus' } },
  notification: { name: 'BucketNotificationConfiguration', none: { root: 'NotificationConfiguration' } },
  ownershipControls: { name: 'BucketOwnershipControls', none: { code: 'OwnershipControlsNotFoundError' } },
  policy: { name: 'BucketPolicy', none: { code: 'NoSuchBucketPolicy' } },
  publicAccessBlock: { name: 'PublicAccessBlock', none: { code: 'NoSuchPublicAccessBlockConfiguration' } },
  replication: { name: 'BucketReplication', none: { code: 'ReplicationConfigurationNotFoundError' } },
  tagging: { name: 'BucketTagging', none: { code: 'NoSuchTagSet' } },
  versioning: { name: 'BucketVersioning', none: { root: 'VersioningConfiguration' } },
  website: { name: 'BucketWebsite', none: { code: 'NoSuchWebsiteConfiguration' } },
};
const LARGEST_SETTING = 256 * 1024;

/** The setting a request's query names, if one. */
export function settingOf(query: URLSearchParams): { parameter: string; name: string } | undefined {
  for (const parameter of Object.keys(SETTINGS)) {
    if (query.has(parameter)) return { parameter, name: (SETTINGS[parameter] as { name: string }).name };
  }
  return undefined;
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function checkBucketName(name: string): void {
  const shaped = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name);
  if (shaped && !name.includes('..') && !/^\d+\.\d+\.\d+\.\d+$/.test(name) && !name.startsWith('xn--')) return;
  throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', {
    fields: { BucketName: name.slice(0, 255) },
  });
}

export const bucketOperations: Readonly<Record<string, S3Operation>> = {
  ListBuckets({ store, query }) {
    const prefix = query.get('prefix') ?? '';
    const names = [...store.buckets.keys()].filter((name) => name.startsWith(prefix)).sort();
    const buckets = names.map((name) => ({
      Name: name,
      CreationDate: isoTime(store.buckets.get(name)?.createdAt ?? 0),
    }));
    return xmlResponse('ListAllMyBucketsResult', {
      Owner: { ID: 'local', DisplayName: 'local' },
      Buckets: { Bucket: buckets },
    });
  },
  CreateBucket({ store, bucket }) {
    checkBucketName(bucket);
    if (store.buckets.has(bucket) && store.region !== 'us-east-1') {
      throw new AwsError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        { status: 409 },
      );
    }
    store.createBucket(bucket);
    return { status: 200, headers: { location: `/${bucket}` } };
  },
  HeadBucket({ store, bucket }) {
    store.bucket(bucket);
    return { status: 200, headers: { 'x-amz-bucket-region': store.region } };
  },
  DeleteBucket({ store, bucket }) {
    const found = store.bucket(bucket);
    if (found.index.size > 0)
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', { status: 409 });
    store.deleteBucket(found);
    return { status: 204 };
  },
  GetBucketLocation({ store, bucket }) {
    store.bucket(bucket);
    const answer = xmlResponse('LocationConstraint', {});
    const text = store.region === 'us-east-1' ? '' : store.region;
    return { ...answer, body: (answer.body as string).replace('></Loc', `>${text}</Loc`) };
  },
  GetBucketAcl: grants,
  GetObjectAcl: grants,
  PutBucketAcl: acceptAcl,
  PutObjectAcl: acceptAcl,
};

/** Taken and not kept: ownership is the bucket owner's, as buckets are made today. */
function acceptAcl({ store, bucket }: S3Call): ReturnType<S3Operation> {
  store.bucket(bucket);
  return { status: 200 };
}

function grants({ store, bucket }: S3Call): ReturnType<S3Operation> {
  store.bucket(bucket);
  const owner = { ID: 'local', DisplayName: 'local' };
  return xmlResponse('AccessControlPolicy', {
    Owner: owner,
    AccessControlList: { Grant: { Grantee: owner, Permission: 'FULL_CONTROL' } },
  });
}

/** Puts, gets or deletes a configuration. */
export async function changeSetting(call: S3Call): Promise<AwsResponse> {
  const bucket = call.store.bucket(call.bucket);
  const parameter = settingOf(call.query)?.parameter as string;
  if (call.request.method === 'PUT') return keepSetting(call, bucket.settings, parameter);
  if (call.request.method === 'DELETE') {
    bucket.settings.delete(parameter);
    return { status: 204 };
  }
  const kept = bucket.settings.get(parameter);
  if (kept !== undefined) {
    return {
      status: 200,
      headers: { 'content-type': parameter === 'policy' ? 'application/json' : 'application/xml' },
      body: kept,
    };
  }
  const { none } = SETTINGS[parameter] as (typeof SETTINGS)[string];
  if ('root' in none) return xmlResponse(none.root, {});
  throw new AwsError(none.code, `The bucket has no ${parameter} configuration.`, {
    status: 404,
    fields: { BucketName: bucket.name },
  });
}

async function keepSetting(call: S3Call, settings: Map<string, string>, parameter: string): Promise<AwsResponse> {
  settings.set(parameter, (await readBody(bodyOf(call), LARGEST_SETTING)).toString('utf8'));
  return { status: 200 };
}

export const taggingOperations: Readonly<Record<string, S3Operation>> = {
  GetObjectTagging({ store, bucket, key }) {
    const { tags } = store.object(store.bucket(bucket), key);
    return xmlResponse('Tagging', { TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } });
  },
  async PutObjectTagging(call) {
    const { store, key } = call;
    const bucket = store.bucket(call.bucket);
    const root = await readXmlBody(call, 'Tagging');
    const tags = (child(root, 'TagSet')?.children ?? []).map(
      (tag) => [childText(tag, 'Key') ?? '', childText(tag, 'Value') ?? ''] as const,
    );
    store.replace(bucket, { ...store.object(bucket, key), tags: checkTags(tags) });
    return { status: 200 };
  },
  DeleteObjectTagging({ store, bucket, key }) {
    const found = store.bucket(bucket);
    store.replace(found, { ...store.object(found, key), tags: {} });
    return { status: 204 };
  },
};
