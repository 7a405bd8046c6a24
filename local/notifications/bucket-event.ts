/** An S3 event notification. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
import { randomBytes } from 'node:crypto';

export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly eTag: string | undefined;
  /** Epoch milliseconds. */
  readonly time: number;
}

export function bucketEvent(object: CreatedObject, region: string, configurationId: string): string {
  const owner = { principalId: 'LOCAL' };
  return JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: new Date(object.time).toISOString(),
        eventName: 'ObjectCreated:Put',
        userIdentity: owner,
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: {
          'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase(),
          'x-amz-id-2': randomBytes(32).toString('base64'),
        },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId,
          bucket: { name: object.bucket, ownerIdentity: owner, arn: `arn:aws:s3:::${object.bucket}` },
          object: {
            key: encodeKey(object.key),
            size: object.size,
            ...(object.eTag === undefined ? {} : { eTag: object.eTag }),
            sequencer: sequencer(object.time),
          },
        },
      },
    ],
  });
}

/** Keys come URL-encoded, a space as `+`; slashes stay. */
function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

let count = 0;

/** Grows with time: of two events for a key, the later has the larger. */
function sequencer(time: number): string {
  count += 1;
  return `00${time.toString(16).toUpperCase().padStart(12, '0')}${(count % 0x10000).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The same for EventBridge. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function bucketDetail(object: CreatedObject): Record<string, unknown> {
  return {
    version: '0',
    bucket: { name: object.bucket },
    object: {
      key: object.key,
      size: object.size,
      ...(object.eTag === undefined ? {} : { etag: object.eTag }),
      sequencer: sequencer(object.time),
    },
    'request-id': randomBytes(8).toString('hex').toUpperCase(),
    requester: 'local',
    'source-ip-address': '127.0.0.1',
    reason: 'PutObject',
  };
}
