/** Changes resources in place, as CloudFormation does where a property's "Update requires" is no replacement. */
import { call, callOperation } from './call.ts';
import type { AwsService, TemplateResource } from './contracts.ts';
import type { Services } from './services.ts';

type Properties = Readonly<Record<string, unknown>>;

export interface Updating {
  readonly resource: TemplateResource;
  readonly physicalId: string;
  /** The properties that it has now. */
  readonly before: Properties;
  readonly services: Services;
}

type Update = (updating: Updating) => unknown;

const UPDATERS: Readonly<Record<string, Update>> = {
  'AWS::Kinesis::Stream': updateStream,
  'AWS::KinesisFirehose::DeliveryStream': updateDeliveryStream,
  'AWS::DynamoDB::Table': updateTable,
  'AWS::SecretsManager::Secret': updateSecret,
  'AWS::KMS::Alias': async ({ resource, physicalId, services }) => {
    const kms = serviceNamed(services, 'kms');
    await callOperation(kms, 'DeleteAlias', { AliasName: physicalId });
    await callOperation(kms, 'CreateAlias', {
      AliasName: physicalId,
      TargetKeyId: resource.properties.TargetKeyId,
    });
  },
  // What can be said of a key is its policy, which IAM keeps.
  'AWS::KMS::Key': () => undefined,
  'AWS::Lambda::EventSourceMapping': async ({ resource, physicalId, services }) => {
    const url = `/2015-03-31/event-source-mappings/${physicalId}`;
    const input = resource.properties;
    await call(services.functions, { operation: 'UpdateEventSourceMapping', method: 'PUT', url, input });
  },
  'AWS::SQS::Queue': updateQueue,
  'AWS::Events::Rule': remake,
  'AWS::Scheduler::Schedule': remake,
  'AWS::S3::Bucket': remake,
};

/** Whether a resource of this type can be changed in place. */
export function isUpdatable(type: string): boolean {
  return Object.hasOwn(UPDATERS, type);
}

/** Rejects with what AWS would say, or with what would have to be replaced. */
export async function update(updating: Updating): Promise<void> {
  await UPDATERS[updating.resource.type]?.(updating);
}

function remake({ resource, physicalId, services: { notifications } }: Updating): void {
  notifications.remove(physicalId);
  notifications.create(resource, physicalId);
}

function differs(property: string, { resource, before }: Updating): boolean {
  return JSON.stringify(resource.properties[property]) !== JSON.stringify(before[property]);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html */
function assertKept(properties: readonly string[], updating: Updating): void {
  const changed = properties.filter((property) => differs(property, updating));
  if (changed.length === 0) return;
  throw new Error(
    `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${updating.physicalId} and update the stack again. (Changed: ${changed.join(', ')})`,
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html */
async function updateStream(updating: Updating): Promise<void> {
  const { resource, physicalId: StreamName, before, services } = updating;
  const { properties } = resource;
  const ask = (operation: string, input: object): Promise<void> =>
    callOperation(services.kinesis, operation, { StreamName, ...input });
  const StreamARN = services.kinesis.arnOf(StreamName);
  const mode = modeOf(properties);
  if (mode !== modeOf(before)) {
    await callOperation(services.kinesis, 'UpdateStreamMode', { StreamARN, StreamModeDetails: { StreamMode: mode } });
  }
  if (mode === 'PROVISIONED' && differs('ShardCount', updating)) {
    const TargetShardCount = Number(properties.ShardCount);
    await ask('UpdateShardCount', { TargetShardCount, ScalingType: 'UNIFORM_SCALING' });
  }
  const [hours, was] = [properties, before].map(({ RetentionPeriodHours = 24 }) => Number(RetentionPeriodHours));
  if (hours !== was) {
    const direction = (hours as number) > (was as number) ? 'Increase' : 'Decrease';
    await ask(`${direction}StreamRetentionPeriod`, { RetentionPeriodHours: hours });
  }
  if (differs('StreamEncryption', updating)) {
    const { StreamEncryption: wanted } = properties;
    await (wanted === undefined
      ? ask('StopStreamEncryption', before.StreamEncryption as object)
      : ask('StartStreamEncryption', wanted as object));
  }
  if (differs('MaxRecordSizeInKiB', updating)) {
    const MaxRecordSizeInKiB = Number(properties.MaxRecordSizeInKiB ?? 1024);
    await callOperation(services.kinesis, 'UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB });
  }
}

function modeOf({ StreamModeDetails }: Properties): string {
  return (StreamModeDetails as { StreamMode?: string } | undefined)?.StreamMode ?? 'PROVISIONED';
}

const DESTINATION = /^(\w+Destination)Configuration$/;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html */
async function updateDeliveryStream(updating: Updating): Promise<void> {
  const { resource, physicalId: DeliveryStreamName, services } = updating;
  assertKept(['DeliveryStreamType', 'KinesisStreamSourceConfiguration'], updating);
  const { firehose } = services;
  const encryption = resource.properties.DeliveryStreamEncryptionConfigurationInput;
  if (differs('DeliveryStreamEncryptionConfigurationInput', updating)) {
    await (encryption === undefined
      ? callOperation(firehose, 'StopDeliveryStreamEncryption', { DeliveryStreamName })
      : callOperation(firehose, 'StartDeliveryStreamEncryption', {
          DeliveryStreamName,
          DeliveryStreamEncryptionConfigurationInput: encryption,
        }));
  }
  const given = Object.keys(resource.properties).find((name) => DESTINATION.test(name));
  if (given === undefined || !differs(given, updating)) return;
  const { body } = await call(firehose, {
    operation: 'DescribeDeliveryStream',
    method: 'POST',
    url: '/',
    input: { DeliveryStreamName },
  });
  const { DeliveryStreamDescription: now } = JSON.parse(String(body));
  await callOperation(firehose, 'UpdateDestination', {
    DeliveryStreamName,
    CurrentDeliveryStreamVersionId: now.VersionId,
    DestinationId: now.Destinations[0].DestinationId,
    [given.replace(DESTINATION, '$1Update')]: updateOf(resource.properties[given] as Properties),
  });
}

/** The backup's bucket has another name in an update. */
function updateOf({ S3BackupConfiguration, S3Configuration, ...rest }: Properties): Properties {
  return {
    ...rest,
    ...(S3BackupConfiguration !== undefined && { S3BackupUpdate: S3BackupConfiguration }),
    ...(S3Configuration !== undefined && { S3Update: S3Configuration }),
  };
}

/** Attributes that an empty value takes away. */
const REMOVABLE = ['KmsMasterKeyId', 'RedriveAllowPolicy', 'RedrivePolicy'];

async function updateQueue({ resource, physicalId: QueueUrl, before, services }: Updating): Promise<void> {
  const { QueueName: _name, Tags: _tags, FifoQueue: _fifo, ...given } = resource.properties;
  const gone = REMOVABLE.filter((name) => before[name] !== undefined && given[name] === undefined);
  const texts = Object.entries(given).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  const Attributes = Object.fromEntries([...texts, ...gone.map((name) => [name, ''])]);
  await callOperation(services.queues, 'SetQueueAttributes', { QueueUrl, Attributes });
}

/** Billing, backups and encryption are no matter here: only expiry is. */
async function updateTable(updating: Updating): Promise<void> {
  const { resource, physicalId: TableName, before, services } = updating;
  assertKept(['KeySchema', 'LocalSecondaryIndexes'], updating);
  if (!differs('TimeToLiveSpecification', updating)) return;
  const off = { ...(before.TimeToLiveSpecification as object | undefined), Enabled: false };
  const TimeToLiveSpecification = resource.properties.TimeToLiveSpecification ?? off;
  await callOperation(services.tables, 'UpdateTimeToLive', { TableName, TimeToLiveSpecification });
}

/** A secret that was generated keeps its value. */
async function updateSecret(updating: Updating): Promise<void> {
  const { resource, physicalId: SecretId, services } = updating;
  assertKept(['Name'], updating);
  const { SecretString } = resource.properties;
  if (SecretString === undefined || !differs('SecretString', updating)) return;
  await callOperation(serviceNamed(services, 'secretsmanager'), 'PutSecretValue', { SecretId, SecretString });
}

export function serviceNamed({ keys }: Pick<Services, 'keys'>, name: string): AwsService {
  const found = keys.services.find(({ names }) => names.includes(name));
  if (found === undefined) throw new Error(`The local account has no ${name}`);
  return found;
}
