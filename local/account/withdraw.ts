/** Takes resources out of the account again: what `provision` makes, by type. */

import { AwsError } from '../gateway/aws-error.ts';
import { call, callOperation } from './call.ts';
import type { TemplateResource } from './contracts.ts';
import type { Services } from './services.ts';
import { serviceNamed } from './updates.ts';

type Remove = (physicalId: string, services: Services, resource: TemplateResource) => unknown;

const REMOVERS: Readonly<Record<string, Remove>> = {
  'AWS::Kinesis::Stream': (StreamName, { kinesis }) =>
    callOperation(kinesis, 'DeleteStream', { StreamName, EnforceConsumerDeletion: true }),
  'AWS::Kinesis::StreamConsumer': (ConsumerARN, { kinesis }) =>
    callOperation(kinesis, 'DeregisterStreamConsumer', { ConsumerARN }),
  'AWS::KinesisFirehose::DeliveryStream': (DeliveryStreamName, { firehose }) =>
    callOperation(firehose, 'DeleteDeliveryStream', { DeliveryStreamName }),
  'AWS::S3::Bucket': async (bucket, { objects, notifications }) => {
    await call(objects, { operation: 'DeleteBucket', method: 'DELETE', url: `/${bucket}` });
    notifications.remove(bucket);
  },
  'AWS::SQS::Queue': (url, { queues }) => queues.deleteQueue(url),
  'AWS::DynamoDB::Table': (name, { tables }) => tables.deleteTable(name),
  'AWS::SecretsManager::Secret': (SecretId, { keys }) =>
    callOperation(serviceNamed({ keys }, 'secretsmanager'), 'DeleteSecret', {
      SecretId,
      ForceDeleteWithoutRecovery: true,
    }),
  'AWS::SSM::Parameter': (Name, { keys }) => callOperation(serviceNamed({ keys }, 'ssm'), 'DeleteParameter', { Name }),
  // A key is let go of after days, and what it encrypted with it; here it stays as long as the account.
  'AWS::KMS::Alias': (AliasName, { keys }) =>
    callOperation(serviceNamed({ keys }, 'kms'), 'DeleteAlias', { AliasName }),
  'AWS::Logs::LogGroup': (logGroupName, { logs }) => callOperation(logs, 'DeleteLogGroup', { logGroupName }),
  'AWS::Logs::SubscriptionFilter': (name, { logs }, { properties }) => {
    logs.unsubscribe(String(properties.LogGroupName), String(properties.FilterName ?? name));
  },
  'AWS::Logs::AccountPolicy': (name, { logs }, { properties }) => {
    logs.unsubscribe(undefined, String(properties.PolicyName ?? name));
  },
  'AWS::Lambda::Function': (name, { functions }) => functions.remove(name),
  'AWS::Lambda::EventSourceMapping': (id, { mappings }) => mappings.remove(id),
  'AWS::Glue::Table': (name, { catalog }, { properties }) => {
    catalog.delete(`${String(properties.DatabaseName)}.${name}`);
  },
  'AWS::Events::Rule': (name, { notifications }) => notifications.remove(name),
  'AWS::Scheduler::Schedule': (name, { notifications }) => notifications.remove(name),
};

/** What was removed by hand is removed. */
const GONE = /NoSuch|NotFound|NonExistent|DoesNotExist/;

/** Rejects with what AWS would say: a bucket that is not empty stays. */
export async function withdraw(resource: TemplateResource, physicalId: string, services: Services): Promise<void> {
  try {
    await REMOVERS[resource.type]?.(physicalId, services, resource);
  } catch (cause) {
    if (!(cause instanceof AwsError && GONE.test(cause.code))) throw cause;
  }
}
