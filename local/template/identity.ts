/**
 * What CloudFormation's `Ref` and `Fn::GetAtt` give for each resource type, by the "Return values" of the
 * AWS CloudFormation template reference (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/).
 */
import { createHash } from 'node:crypto';

/** What a type's identity is made from. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly endpoint: string;
  readonly stackName: string;
  readonly logicalId: string;
  /** A property of the resource, resolved. */
  property(name: string): unknown;
}

export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Identify = (place: Place) => Identity;

/** The name given, or one made from stack and logical id, as CloudFormation does. */
function nameOf(place: Place, property: string): string {
  const given = place.property(property);
  return typeof given === 'string' && given !== '' ? given : `${place.stackName}-${place.logicalId}`;
}

function arn(place: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;
}

/** An id in the shape of a UUID that is the same for the same stack and resource. */
function stableId(place: Place): string {
  const hex = createHash('sha256').update(`${place.stackName}/${place.logicalId}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** A type whose Ref is its name, with `Arn` = `service:…:path + name`. */
function named(property: string, service: string, path: string): Identify {
  return (place) => {
    const name = nameOf(place, property);
    return { ref: name, attributes: { Arn: arn(place, service, `${path}${name}`) } };
  };
}

/** A type of which nothing but its Ref is known: its name, or an id. */
function plain(property?: string): Identify {
  return (place) => {
    const ref = property === undefined ? stableId(place) : nameOf(place, property);
    return { ref, attributes: { Id: ref } };
  };
}

function global(service: string, path: string, property: string): Identify {
  return (place) => {
    const name = nameOf(place, property);
    return { ref: name, attributes: { Arn: `arn:aws:${service}::${place.accountId}:${path}${name}`, RoleId: name } };
  };
}

const bucket: Identify = (place) => {
  const given = place.property('BucketName');
  const name = typeof given === 'string' ? given : `${place.stackName}-${place.logicalId}`.toLowerCase();
  return {
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${place.region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${place.region}.amazonaws.com`,
    },
  };
};

const queue: Identify = (place) => {
  const fifo = place.property('FifoQueue') === true && place.property('QueueName') === undefined ? '.fifo' : '';
  const name = `${nameOf(place, 'QueueName')}${fifo}`;
  const url = `${place.endpoint}/${place.accountId}/${name}`;
  return { ref: url, attributes: { Arn: arn(place, 'sqs', name), QueueName: name, QueueUrl: url } };
};

const table: Identify = (place) => {
  const name = nameOf(place, 'TableName');
  const tableArn = arn(place, 'dynamodb', `table/${name}`);
  return { ref: name, attributes: { Arn: tableArn, StreamArn: `${tableArn}/stream/2026-01-01T00:00:00.000` } };
};

const logGroup: Identify = (place) => {
  const name = nameOf(place, 'LogGroupName');
  return { ref: name, attributes: { Arn: `${arn(place, 'logs', `log-group:${name}`)}:*` } };
};

const topic: Identify = (place) => {
  const name = nameOf(place, 'TopicName');
  const topicArn = arn(place, 'sns', name);
  return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
};

const secret: Identify = (place) => {
  // Without the six random characters at its end, which Secrets Manager doesn't ask for.
  const id = arn(place, 'secretsmanager', `secret:${nameOf(place, 'Name')}`);
  return { ref: id, attributes: { Id: id } };
};

const parameter: Identify = (place) => {
  const name = nameOf(place, 'Name');
  const attributes = { Type: String(place.property('Type')), Value: String(place.property('Value')) };
  return { ref: name, attributes };
};

const key: Identify = (place) => {
  const id = stableId(place);
  return { ref: id, attributes: { Arn: arn(place, 'kms', `key/${id}`), KeyId: id } };
};

const streamConsumer: Identify = (place) => {
  const name = nameOf(place, 'ConsumerName');
  const streamArn = String(place.property('StreamARN'));
  const consumerArn = `${streamArn}/consumer/${name}:1767225600`;
  const attributes = { ConsumerARN: consumerArn, ConsumerName: name, ConsumerStatus: 'ACTIVE', StreamARN: streamArn };
  return { ref: consumerArn, attributes };
};

const version: Identify = (place) => {
  const name = String(place.property('FunctionName'));
  const functionArn = name.startsWith('arn:') ? name : arn(place, 'lambda', `function:${name}`);
  return { ref: `${functionArn}:1`, attributes: { Version: '1', FunctionArn: `${functionArn}:1` } };
};

const managedPolicy: Identify = (place) => {
  const ref = `arn:aws:iam::${place.accountId}:policy/${nameOf(place, 'ManagedPolicyName')}`;
  return { ref, attributes: { PolicyArn: ref } };
};

const mapping: Identify = (place) => {
  const id = stableId(place);
  return { ref: id, attributes: { Id: id, EventSourceMappingArn: arn(place, 'lambda', `event-source-mapping:${id}`) } };
};

const IDENTITIES: Readonly<Record<string, Identify>> = {
  'AWS::Kinesis::Stream': named('Name', 'kinesis', 'stream/'),
  'AWS::Kinesis::StreamConsumer': streamConsumer,
  'AWS::KinesisFirehose::DeliveryStream': named('DeliveryStreamName', 'firehose', 'deliverystream/'),
  'AWS::Lambda::Function': named('FunctionName', 'lambda', 'function:'),
  'AWS::Lambda::Version': version,
  'AWS::Lambda::EventSourceMapping': mapping,
  'AWS::Lambda::Permission': plain(),
  'AWS::Lambda::EventInvokeConfig': plain(),
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': plain(),
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': plain(),
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': plain(),
  'AWS::SNS::Subscription': plain(),
  'AWS::DynamoDB::Table': table,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::Logs::LogStream': plain('LogStreamName'),
  'AWS::Logs::SubscriptionFilter': plain('FilterName'),
  'AWS::Logs::MetricFilter': plain('FilterName'),
  'AWS::Logs::AccountPolicy': plain('PolicyName'),
  'AWS::Glue::Database': (place) => {
    const input = place.property('DatabaseInput') as { Name?: string } | undefined;
    return { ref: input?.Name ?? nameOf(place, 'DatabaseName').toLowerCase(), attributes: {} };
  },
  'AWS::Glue::Table': (place) => {
    const input = place.property('TableInput') as { Name?: string } | undefined;
    return { ref: input?.Name ?? nameOf(place, 'Name').toLowerCase(), attributes: {} };
  },
  'AWS::Athena::WorkGroup': plain('Name'),
  'AWS::Athena::NamedQuery': plain(),
  'AWS::IAM::Role': global('iam', 'role/', 'RoleName'),
  'AWS::IAM::Policy': plain('PolicyName'),
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::KMS::Key': key,
  'AWS::KMS::Alias': plain('AliasName'),
  'AWS::SecretsManager::Secret': secret,
  'AWS::SSM::Parameter': parameter,
  'AWS::Events::Rule': named('Name', 'events', 'rule/'),
  'AWS::Events::EventBus': named('Name', 'events', 'event-bus/'),
  'AWS::Scheduler::Schedule': named('Name', 'scheduler', 'schedule/default/'),
  'AWS::CloudWatch::Alarm': named('AlarmName', 'cloudwatch', 'alarm:'),
  'AWS::CloudWatch::CompositeAlarm': named('AlarmName', 'cloudwatch', 'alarm:'),
  'AWS::CloudWatch::Dashboard': plain('DashboardName'),
  'AWS::CloudFormation::WaitConditionHandle': plain(),
};

/** Whether the local account knows what a resource of this type is called. */
export function isIdentified(type: string): boolean {
  return Object.hasOwn(IDENTITIES, type);
}

export function identify(type: string, place: Place): Identity | undefined {
  return Object.hasOwn(IDENTITIES, type) ? IDENTITIES[type]?.(place) : undefined;
}
