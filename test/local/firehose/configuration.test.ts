import { describe, expect, it, onTestFinished } from 'vitest';
import {
  BUCKET_ARN,
  FUNCTION_ARN,
  fakeAccount,
  lambda,
  parameterList,
  partitioned,
  processing,
  ROLE_ARN,
  resource,
  s3,
} from './account.ts';

const conversion = (change: object = {}): Record<string, unknown> => ({
  DataFormatConversionConfiguration: {
    Enabled: true,
    SchemaConfiguration: { RoleARN: ROLE_ARN, DatabaseName: 'lake', TableName: 'events' },
    InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
    OutputFormatConfiguration: { Serializer: { ParquetSerDe: {} } },
    ...change,
  },
});
const converting = (change: object): Record<string, unknown> => {
  return conversion({ OutputFormatConfiguration: { Serializer: change } });
};
const hints = (SizeInMBs: number, IntervalInSeconds = 300) => ({ BufferingHints: { SizeInMBs, IntervalInSeconds } });
const processors = (...types: [string, Record<string, string>?][]) =>
  processing(...types.map(([Type, parameters = {}]) => ({ Type, Parameters: parameterList(parameters) })));

function create(destination: Record<string, unknown>, rest: Record<string, unknown> = {}) {
  const account = fakeAccount();
  onTestFinished(() => account.stop());
  account.tables.set('lake.events', { columns: [{ name: 'id', type: 'string' }], partitionKeys: [] });
  account.tables.set('lake.strange', { columns: [{ name: 'id', type: 'uniontype<int,string>' }], partitionKeys: [] });
  account.firehose.create(resource(destination, rest));
}

describe('a destination is refused', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['without its bucket', { BucketARN: undefined }, "Value null at 'extendedS3DestinationConfiguration.bucketARN'"],
    ['with a bucket that is no bucket', { BucketARN: 'arn:aws:s3:eu-west-1:1:x' }, 'arn:.*:s3:::'],
    [
      'with an unknown compression',
      { CompressionFormat: 'SNAPPY' },
      'Member must satisfy enum value set: [UNCOMPRESSED',
    ],
    ['with too large a buffer', hints(129), 'Member must have value less than or equal to 128'],
    ['with too long a buffer', hints(5, 901), 'Member must have value less than or equal to 900'],
    ['with half of its hints', { BufferingHints: { SizeInMBs: 5 } }, 'must have both SizeInMBs and IntervalInSeconds'],
    ['with a bad extension', { FileExtension: 'json' }, 'Member must satisfy regular expression pattern'],
    ['with an unknown zone', { CustomTimeZone: 'EST' }, 'Provided custom time zone is not supported.'],
    [
      'with expressions and no error prefix',
      { Prefix: '!{timestamp:yyyy}/' },
      'ErrorOutputPrefix cannot be null or empty when Prefix contains expressions',
    ],
    [
      'with logging and no log group',
      { CloudWatchLoggingOptions: { Enabled: true } },
      'CloudWatch Log Group Name is required if CloudWatch Logging is enabled',
    ],
    [
      'with a backup and no place for it',
      { S3BackupMode: 'Enabled' },
      'S3 backup destination configuration is required when enabling S3 backup.',
    ],
    ['with no processors', processors(), 'A maximum of 5 and a minimum of 1 processor'],
    ['with an unknown processor', processors(['Magic']), 'Member must satisfy enum value set: [RecordDeAggregation'],
    [
      'with two transforms',
      processors(['Lambda', { LambdaArn: 'a' }], ['Lambda', { LambdaArn: 'b' }]),
      'Cannot have more than 1 Lambda processor.',
    ],
    ['with a transform of nothing', processors(['Lambda']), 'LambdaArn is required when Lambda processor is used.'],
    [
      "with half of a transform's hints",
      processors(['Lambda', { LambdaArn: FUNCTION_ARN, BufferSizeInMBs: '1' }]),
      'Both BufferSizeInMBs and BufferIntervalInSeconds are required',
    ],
    ["with too small a transform's buffer", lambda({ BufferSizeInMBs: '0.1' }), 'must be between 0.2 and 3.'],
    ["with too large a transform's buffer", lambda({ BufferSizeInMBs: '3.1' }), 'must be between 0.2 and 3.'],
    ["with too long a transform's buffer", lambda({ BufferIntervalInSeconds: '901' }), 'must be between 0 and 900.'],
    [
      'with too many retries',
      lambda({ NumberOfRetries: '301' }),
      'Number of retries for lambda must be between 0 and 300.',
    ],
    [
      'that splits without partitioning',
      processors(['RecordDeAggregation', { SubRecordType: 'JSON' }]),
      'RecordDeAggregationProcessor can only be present when Dynamic Partitioning is enabled.',
    ],
    [
      'that extracts by jq',
      processors(['MetadataExtraction', { MetadataExtractionQuery: '{k:.k}' }]),
      'does not support the MetadataExtraction processor',
    ],
    [
      'that extracts messages of what it leaves compressed',
      processors(['CloudWatchLogProcessing', { DataMessageExtraction: 'true' }]),
      'CloudWatchLogProcessingProcessor can only be enabled with DecompressionProcessor',
    ],
    [
      'with partition keys and no partitioning',
      { Prefix: '!{partitionKeyFromLambda:k}/', ErrorOutputPrefix: '!{firehose:error-output-type}/' },
      'Dynamic Partitioning Namespaces can only be part of a prefix expression when Dynamic Partitioning is enabled.',
    ],
    [
      'that partitions by nothing',
      partitioned({ Prefix: 'data/' }),
      'S3 Prefix should contain Dynamic Partitioning namespaces',
    ],
    [
      'that partitions without a processor',
      partitioned({ ProcessingConfiguration: undefined }),
      'Processing Configuration is not enabled when DataPartitioning is enabled',
    ],
    [
      'that partitions without a transform',
      partitioned(processors(['AppendDelimiterToRecord'])),
      'Lambda should be present when S3 Prefix contains keys from partitionKeyFromLambda namespace',
    ],
    [
      'that partitions by a query',
      partitioned({ Prefix: '!{partitionKeyFromQuery:k}/' }),
      'MetadataExtraction processor should be present',
    ],
    [
      'that partitions small buffers',
      partitioned(hints(63)),
      'BufferingHints.SizeInMBs must be at least 64 when Dynamic Partitioning is enabled.',
    ],
    [
      'that partitions without a buffer',
      partitioned(hints(64, 0)),
      'BufferingHints.IntervalInSeconds must be at least 60 seconds',
    ],
    [
      'that converts and compresses',
      { ...conversion(), CompressionFormat: 'GZIP' },
      'must be set to UNCOMPRESSED when data format conversion is enabled',
    ],
    ['that converts small buffers', { ...conversion(), ...hints(63) }, 'BufferingHints.SizeInMBs must be at least 64'],
    [
      'that converts by no schema',
      conversion({ SchemaConfiguration: undefined }),
      'SchemaConfiguration must not be null',
    ],
    [
      'that converts from nothing',
      conversion({ InputFormatConfiguration: undefined }),
      'InputFormatConfiguration must not be null',
    ],
    ['that converts with no serializer', converting({}), 'Serializer must not be null'],
    ['that converts to ORC', converting({ OrcSerDe: {} }), 'does not support ORC'],
    [
      'that converts to two formats',
      converting({ OrcSerDe: {}, ParquetSerDe: {} }),
      'More than one serializer specified.',
    ],
    [
      'that converts for a table that is not there',
      conversion({ SchemaConfiguration: { RoleARN: ROLE_ARN, DatabaseName: 'lake', TableName: 'nope' } }),
      'Glue table lake.nope not found',
    ],
    [
      'that converts for a type that is not known',
      conversion({ SchemaConfiguration: { RoleARN: ROLE_ARN, DatabaseName: 'lake', TableName: 'strange' } }),
      'does not support the type uniontype<int,string>',
    ],
  ])('%s', (_name, destination, message) => {
    expect(() => create(destination)).toThrow(message);
  });

  it('with every constraint that it breaks told at once', () => {
    expect(() => create({ BucketARN: undefined, RoleARN: undefined, CompressionFormat: 'x' })).toThrow(
      /^Delivery \(AWS::KinesisFirehose::DeliveryStream\): 3 validation errors detected: .*; .*; .*$/,
    );
  });

  it('when there is none, or two, or one of another kind', () => {
    const none = 'Exactly one destination configuration is supported for a Firehose';
    expect(() => create({}, { ExtendedS3DestinationConfiguration: undefined })).toThrow(none);
    expect(() => create({}, { S3DestinationConfiguration: s3() })).toThrow(none);
    const splunk = { ExtendedS3DestinationConfiguration: undefined, SplunkDestinationConfiguration: {} };
    expect(() => create({}, splunk)).toThrow('does not support the destination SplunkDestinationConfiguration');
  });

  it('when its source is missing or of another kind', () => {
    const of = (type: string, rest = {}) => ({ DeliveryStreamType: type, ...rest });
    expect(() => create({}, of('KinesisStreamAsSource'))).toThrow('KinesisSourceStreamConfig is mandatory');
    expect(() => create({}, of('MSKAsSource'))).toThrow('does not support the delivery stream type MSKAsSource');
    const gone = {
      KinesisStreamSourceConfiguration: { KinesisStreamARN: 'arn:aws:kinesis:x:1:stream/gone', RoleARN: 'r' },
    };
    expect(() => create({}, of('KinesisStreamAsSource', gone))).toThrow('was not found');
  });
});

describe('a destination is taken', () => {
  it.each<[string, Record<string, unknown>]>([
    ['with nothing but role and bucket', {}],
    ['spelled as a template may', { BufferingHints: { SizeInMBs: '5', IntervalInSeconds: '0' }, ...lambda() }],
    ['partitioned', partitioned(hints(64, 60))],
    ['converting', { ...conversion(), ...hints(64, 0) }],
    [
      'with conversion off',
      { ...conversion({ Enabled: false, SchemaConfiguration: undefined }), CompressionFormat: 'GZIP' },
    ],
    ['with a processing that is off', { ProcessingConfiguration: { Enabled: false, Processors: [] } }],
    ['with processing that does not say it is on', { ProcessingConfiguration: { Processors: [] } }],
  ])('%s', (_name, destination) => {
    expect(() => create(destination)).not.toThrow();
  });

  it('in its old form', () => {
    const old = { S3DestinationConfiguration: { RoleARN: ROLE_ARN, BucketARN: BUCKET_ARN } };
    expect(() => create({}, { ExtendedS3DestinationConfiguration: undefined, ...old })).not.toThrow();
  });
});
