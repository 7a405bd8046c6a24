/** Makes the template's resources in the account: one line for each type that lives there. */
import type { FunctionCode } from '../lambda/definition.ts';
import { callOperation } from './call.ts';
import type { GlueColumn, TemplateResource } from './contracts.ts';
import { type SecretRecipe, secretText } from './secret-text.ts';
import type { Services } from './services.ts';
import { serviceNamed } from './updates.ts';

export interface Provisioning {
  readonly services: Services;
  /** The code of a function. */
  readonly code: (resource: TemplateResource) => FunctionCode | Promise<FunctionCode>;
  /** What a Ref of each resource gives. */
  readonly refs: Readonly<Record<string, string>>;
}

type Make = (resource: TemplateResource, to: Provisioning) => void | Promise<void>;

const MAKERS: Readonly<Record<string, Make>> = {
  'AWS::Kinesis::Stream': ({ properties, logicalId }, { services, refs }) => {
    const { ShardCount, RetentionPeriodHours, StreamModeDetails, StreamEncryption, MaxRecordSizeInKiB } = properties;
    const onDemand = (StreamModeDetails as { StreamMode?: string } | undefined)?.StreamMode === 'ON_DEMAND';
    const keyId = (StreamEncryption as { KeyId?: string } | undefined)?.KeyId;
    services.kinesis.create({
      name: refs[logicalId] as string,
      ...(onDemand ? { onDemand } : { shardCount: Number(ShardCount ?? 1) }),
      ...(RetentionPeriodHours !== undefined && { retentionHours: Number(RetentionPeriodHours) }),
      ...(MaxRecordSizeInKiB !== undefined && { maxRecordSizeKiB: Number(MaxRecordSizeInKiB) }),
      ...(keyId !== undefined && { keyId }),
    });
  },
  'AWS::Kinesis::StreamConsumer': ({ logicalId, properties }, { services, refs }) => {
    services.kinesis.addConsumer(String(properties.StreamARN), String(properties.ConsumerName), refs[logicalId]);
  },
  'AWS::Events::Rule': createNotifications,
  'AWS::Scheduler::Schedule': createNotifications,
  'AWS::S3::Bucket': (resource, { services, refs }) => {
    const { logicalId } = resource;
    services.objects.createBucket(refs[logicalId] as string);
    createNotifications(resource, { services, refs });
  },
  'AWS::SQS::Queue': ({ logicalId, properties }, { services, refs }) => {
    const { QueueName: _name, Tags: _tags, ...attributes } = properties;
    const name = (refs[logicalId] as string).split('/').at(-1) as string;
    services.queues.createQueue({ name, attributes: textual(attributes) });
  },
  'AWS::SecretsManager::Secret': ({ properties }, { services }) => {
    const name = String(properties.Name);
    const recipe = (properties.GenerateSecretString ?? {}) as SecretRecipe;
    const value = properties.SecretString === undefined ? secretText(name, recipe) : String(properties.SecretString);
    services.keys.createSecret(name, value);
  },
  'AWS::KMS::Key': ({ logicalId, properties }, { services, refs }) => {
    const { Description: description } = properties;
    services.keys.createKey({
      id: refs[logicalId] as string,
      ...(typeof description === 'string' && { description }),
    });
  },
  'AWS::KMS::Alias': async ({ properties }, { services }) => {
    const { AliasName, TargetKeyId } = properties;
    await callOperation(serviceNamed(services, 'kms'), 'CreateAlias', { AliasName, TargetKeyId });
  },
  'AWS::SSM::Parameter': ({ properties }, { services }) => {
    services.keys.putParameter({ name: String(properties.Name), value: String(properties.Value) });
  },
  'AWS::DynamoDB::Table': async ({ logicalId, properties }, { services, refs }) => {
    await services.tables.createTable({ ...properties, TableName: refs[logicalId] });
  },
  'AWS::Logs::LogGroup': createLogs,
  'AWS::Logs::LogStream': createLogs,
  'AWS::Logs::SubscriptionFilter': createLogs,
  'AWS::Logs::AccountPolicy': createLogs,
  'AWS::Lambda::Function': async (resource, { services, code, refs }) => {
    const { logicalId, properties, type } = resource;
    const role = String(properties.Role);
    if (!services.iam.access.trusts(role, 'lambda.amazonaws.com')) {
      throw new Error('The role defined for the function cannot be assumed by Lambda.');
    }
    const named = { logicalId, type, properties: { ...properties, FunctionName: refs[logicalId] } };
    services.functions.create(named, await code(resource));
  },
  'AWS::Lambda::EventInvokeConfig': (resource, { services }) => {
    services.functions.configure(resource);
  },
  'AWS::Lambda::EventSourceMapping': (resource, { services, refs }) => {
    services.mappings.create(resource, refs[resource.logicalId]);
  },
  'AWS::Glue::Table': ({ properties }, { services }) => {
    const table = properties.TableInput as GlueTableInput;
    services.catalog.set(`${String(properties.DatabaseName)}.${table.Name}`, {
      columns: columnsOf(table.StorageDescriptor?.Columns),
      partitionKeys: columnsOf(table.PartitionKeys),
    });
  },
  'AWS::KinesisFirehose::DeliveryStream': (resource, { services, refs }) => {
    services.firehose.create(resource, refs[resource.logicalId]);
  },
};

function createNotifications(
  resource: TemplateResource,
  { services, refs }: Pick<Provisioning, 'services' | 'refs'>,
): void {
  services.notifications.create(resource, refs[resource.logicalId]);
}

function createLogs(resource: TemplateResource, { services, refs }: Provisioning): void {
  services.logs.create(resource, refs[resource.logicalId]);
}

/** SQS takes every attribute as text, and what is an object as its JSON. `false` is what a queue is without being told. */
function textual(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(attributes).filter(([name, value]) => !(name === 'FifoQueue' && value === false));
  return Object.fromEntries(
    given.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

interface GlueTableInput {
  readonly Name: string;
  readonly PartitionKeys?: readonly { Name: string; Type: string }[];
  readonly StorageDescriptor?: { readonly Columns?: readonly { Name: string; Type: string }[] };
}

function columnsOf(columns: readonly { Name: string; Type: string }[] = []): readonly GlueColumn[] {
  return columns.map(({ Name: name, Type: type }) => ({ name, type }));
}

/** `FirehoseTransformLambdaFunction` → `firehose-transform`: the folder that the build makes for the function. */
export function bundleName(logicalId: string): string {
  const name = logicalId.replace(/LambdaFunction$/, '');
  return name.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? '' : '-'}${letter.toLowerCase()}`);
}

/** Whether a resource of this type is anything in the account. */
export function isMade(type: string): boolean {
  return Object.hasOwn(MAKERS, type);
}

export async function make(resource: TemplateResource, to: Provisioning): Promise<void> {
  await MAKERS[resource.type]?.(resource, to);
}

/** Makes every resource, in the order of the template. Throws an error that names the logical id. */
export async function provision(resources: readonly TemplateResource[], to: Provisioning): Promise<void> {
  // Mappings begin to poll at once, and log subscriptions to deliver: they come when everything else is there.
  const begins = (type: string): boolean => LAST.has(type);
  const order = [...resources.filter(({ type }) => !begins(type)), ...resources.filter(({ type }) => begins(type))];
  for (const resource of order) {
    try {
      to.services.iam.add(resource, to.refs[resource.logicalId] ?? resource.logicalId);
      await make(resource, to);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (message.includes(resource.logicalId)) throw cause;
      throw new Error(`${resource.logicalId} (${resource.type}): ${message}`, { cause });
    }
  }
}

const LAST = new Set(['AWS::Lambda::EventSourceMapping', 'AWS::Logs::SubscriptionFilter']);
