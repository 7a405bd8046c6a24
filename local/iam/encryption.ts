/**
 * Which key protects what. Who uses a resource that is encrypted with a key of the account's own has to be allowed the key
 * too; keys that AWS owns or manages ask for nothing.
 */
import type { TemplateResource } from '../account/contracts.ts';
import type { Need } from './statement.ts';

export interface EncryptionOptions {
  readonly accountId: string;
  readonly region: string;
  /** The ARN of the key that an alias names. */
  readonly keyArn?: (reference: string) => string | undefined;
}

export interface Encryption {
  /** Takes up a resource that may be encrypted; others are let be. */
  add(resource: TemplateResource, ref: string): void;
  remove(logicalId: string): void;
  /** What else is needed: permissions on the key of the resource. */
  needsOf(need: Need): readonly Need[];
}

interface Encrypted {
  /** Of the resource; what is within it begins with it. */
  readonly arn: string;
  readonly keyArn: string;
}

type Properties = Readonly<Record<string, unknown>>;
type Reader = (properties: Properties, ref: string) => { readonly resource: string; readonly key: unknown };

/** By type: the resource's part of its ARN, or all of it, and its key. */
const READERS: Readonly<Record<string, Reader>> = {
  'AWS::S3::Bucket': ({ BucketEncryption }, ref) => ({
    resource: `arn:aws:s3:::${ref}`,
    key: bucketKey(BucketEncryption),
  }),
  'AWS::Kinesis::Stream': ({ StreamEncryption }, ref) => ({
    resource: `kinesis:stream/${ref}`,
    key: (StreamEncryption as Properties | undefined)?.KeyId,
  }),
  'AWS::SQS::Queue': ({ KmsMasterKeyId }, ref) => ({ resource: `sqs:${ref.split('/').at(-1)}`, key: KmsMasterKeyId }),
  'AWS::DynamoDB::Table': ({ SSESpecification }, ref) => ({
    resource: `dynamodb:table/${ref}`,
    key: (SSESpecification as Properties | undefined)?.KMSMasterKeyId,
  }),
  'AWS::SecretsManager::Secret': ({ KmsKeyId }, ref) => ({ resource: ref, key: KmsKeyId }),
};

function bucketKey(encryption: unknown): unknown {
  const { ServerSideEncryptionConfiguration: rules = [] } = (encryption ?? {}) as {
    ServerSideEncryptionConfiguration?: readonly { ServerSideEncryptionByDefault?: Properties }[];
  };
  return rules[0]?.ServerSideEncryptionByDefault?.KMSMasterKeyID;
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html,
 * https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html,
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
const KEY_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  's3:PutObject': ['kms:GenerateDataKey'],
  's3:GetObject': ['kms:Decrypt'],
  's3:GetObjectVersion': ['kms:Decrypt'],
  'kinesis:PutRecord': ['kms:GenerateDataKey'],
  'kinesis:PutRecords': ['kms:GenerateDataKey'],
  'kinesis:GetRecords': ['kms:Decrypt'],
  'kinesis:SubscribeToShard': ['kms:Decrypt'],
  'sqs:SendMessage': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'sqs:ReceiveMessage': ['kms:Decrypt'],
  'secretsmanager:GetSecretValue': ['kms:Decrypt'],
  'secretsmanager:PutSecretValue': ['kms:GenerateDataKey', 'kms:Decrypt'],
  ...Object.fromEntries(
    'BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem GetItem PutItem Query Scan UpdateItem'
      .split(' ')
      .map((operation) => [`dynamodb:${operation}`, ['kms:Decrypt']]),
  ),
};

export function createEncryption({ accountId, region, keyArn = () => undefined }: EncryptionOptions): Encryption {
  const encrypted = new Map<string, Encrypted>();

  function arnOf(resource: string): string {
    if (resource.startsWith('arn:')) return resource;
    const [service, ...path] = resource.split(':');
    return `arn:aws:${service}:${region}:${accountId}:${path.join(':')}`;
  }

  function keyOf(reference: unknown): string | undefined {
    if (typeof reference !== 'string' || reference.includes('alias/aws/')) return undefined;
    if (reference.includes(':key/')) return reference;
    return keyArn(reference) ?? arnOf(`kms:key/${reference}`);
  }

  return {
    add({ type, logicalId, properties }, ref) {
      const read = Object.hasOwn(READERS, type) ? READERS[type]?.(properties, ref) : undefined;
      const key = keyOf(read?.key);
      if (read === undefined || key === undefined) encrypted.delete(logicalId);
      else encrypted.set(logicalId, { arn: arnOf(read.resource), keyArn: key });
    },
    remove: (logicalId) => void encrypted.delete(logicalId),
    needsOf({ action, resource }) {
      const actions = Object.hasOwn(KEY_ACTIONS, action) ? KEY_ACTIONS[action] : undefined;
      if (actions === undefined) return [];
      const found = [...encrypted.values()].find(({ arn }) => isOf(resource, arn));
      if (found === undefined) return [];
      const service = action.slice(0, action.indexOf(':'));
      const context = {
        'kms:ViaService': `${service}.${region}.amazonaws.com`,
        [`kms:EncryptionContext:aws:${service}:arn`]: found.arn,
      };
      return actions.map((each) => ({ action: each, resource: found.keyArn, context }));
    },
  };
}

/** `…/key` and `…/index/name` are within, `…-AbCdEf` is a secret's own end. */
function isOf(resource: string, arn: string): boolean {
  return (
    resource === arn || resource.startsWith(`${arn}/`) || (resource.startsWith(`${arn}-`) && arn.includes(':secret:'))
  );
}
