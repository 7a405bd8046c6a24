/** What DescribeDeliveryStream tells of a stream: its configuration, with AWS's defaults filled in. */
import type { JsonObject } from '../gateway/json-service.ts';
import type { Members } from './constraints.ts';
import { describeEncryption, type Encryption } from './encryption.ts';
import type { DestinationSettings, S3Settings } from './settings.ts';
import type { Configured } from './stream-configuration.ts';

export const DESTINATION_ID = 'destinationId-000000000001';

const MIB = 1024 * 1024;
const NOTHING: Members = {};

export interface Described {
  readonly name: string;
  readonly arn: string;
  readonly version: number;
  /** The request that the stream was made by. */
  readonly request: JsonObject;
  readonly configured: Configured;
  readonly encryption: Encryption | undefined;
  /** Epoch milliseconds. */
  readonly created: number;
  readonly updated: number | undefined;
  readonly sourceArn: string | undefined;
}

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeliveryStreamDescription.html */
export function describeStream(stream: Described): object {
  const { request, created, updated, sourceArn, configured } = stream;
  return {
    DeliveryStreamName: stream.name,
    DeliveryStreamARN: stream.arn,
    DeliveryStreamStatus: 'ACTIVE',
    DeliveryStreamType: sourceArn === undefined ? 'DirectPut' : 'KinesisStreamAsSource',
    VersionId: String(stream.version),
    CreateTimestamp: created / 1000,
    ...(updated === undefined ? {} : { LastUpdateTimestamp: updated / 1000 }),
    ...(sourceArn === undefined
      ? { DeliveryStreamEncryptionConfiguration: describeEncryption(stream.encryption) }
      : { Source: describeSource(request, created) }),
    Destinations: [describeDestination(configured.given, configured.configuration, configured.settings)],
    HasMoreDestinations: false,
  };
}

function describeSource(request: JsonObject, start: number): object {
  const { KinesisStreamARN, RoleARN } = request.KinesisStreamSourceConfiguration as JsonObject;
  const DeliveryStartTimestamp = start / 1000;
  return { KinesisStreamSourceDescription: { KinesisStreamARN, RoleARN, DeliveryStartTimestamp } };
}

/** The one entry of `Destinations`, for the configuration member that was given. */
function describeDestination(given: string, configuration: Members, settings: DestinationSettings): object {
  const member = given.replace('Configuration', 'Description');
  if (given === 'HttpEndpointDestinationConfiguration') {
    return { DestinationId: DESTINATION_ID, [member]: describeHttp(configuration, settings) };
  }
  const plain = describeS3(configuration, settings.s3);
  if (given === 'S3DestinationConfiguration') return { DestinationId: DESTINATION_ID, [member]: plain };
  const { S3BackupConfiguration, ...rest } = configuration;
  const extended = {
    ...rest,
    ...plain,
    S3BackupMode: configuration.S3BackupMode ?? 'Disabled',
    ...(configuration.ProcessingConfiguration === undefined
      ? {}
      : { ProcessingConfiguration: describeProcessing(configuration) }),
    ...(settings.backup === undefined
      ? {}
      : { S3BackupDescription: describeS3(asMembers(S3BackupConfiguration), settings.backup) }),
  };
  return { DestinationId: DESTINATION_ID, S3DestinationDescription: plain, [member]: extended };
}

function describeS3(configuration: Members, settings: S3Settings): object {
  const { RoleARN, BucketARN, Prefix, ErrorOutputPrefix, EncryptionConfiguration, CloudWatchLoggingOptions } =
    configuration;
  return {
    RoleARN,
    BucketARN,
    Prefix,
    ErrorOutputPrefix,
    BufferingHints: { SizeInMBs: settings.bufferBytes / MIB, IntervalInSeconds: settings.bufferMs / 1000 },
    CompressionFormat: settings.compression,
    EncryptionConfiguration: EncryptionConfiguration ?? { NoEncryptionConfig: 'NoEncryption' },
    CloudWatchLoggingOptions: CloudWatchLoggingOptions ?? { Enabled: false },
  };
}

/** Of a Lambda processor all five parameters are told, in AWS's order. */
function describeProcessing(configuration: Members): object {
  const processing = asMembers(configuration.ProcessingConfiguration);
  const processors = Array.isArray(processing.Processors) ? (processing.Processors as Members[]) : [];
  const role = configuration.RoleARN;
  return {
    Enabled: processing.Enabled === true || processing.Enabled === 'true',
    Processors: processors.map((processor) => {
      if (processor.Type !== 'Lambda') return { Type: processor.Type, Parameters: processor.Parameters ?? [] };
      const given = Array.isArray(processor.Parameters) ? (processor.Parameters as Members[]) : [];
      const parameter = (name: string): unknown => given.find((one) => one.ParameterName === name)?.ParameterValue;
      const values = {
        LambdaArn: parameter('LambdaArn'),
        NumberOfRetries: parameter('NumberOfRetries') ?? '3',
        RoleArn: parameter('RoleArn') ?? role,
        BufferSizeInMBs: parameter('BufferSizeInMBs') ?? '1',
        BufferIntervalInSeconds: parameter('BufferIntervalInSeconds') ?? '60',
      };
      const parameters = Object.entries(values).map(([ParameterName, value]) => {
        return { ParameterName, ParameterValue: String(value) };
      });
      return { Type: 'Lambda', Parameters: parameters };
    }),
  };
}

function describeHttp(configuration: Members, settings: DestinationSettings): object {
  const { Url, Name } = asMembers(configuration.EndpointConfiguration);
  const { S3Configuration, EndpointConfiguration: _secret, ...rest } = configuration;
  const { http, s3 } = settings;
  return {
    ...rest,
    EndpointConfiguration: { Url, Name },
    BufferingHints: {
      SizeInMBs: (http?.bufferBytes ?? 0) / MIB,
      IntervalInSeconds: (http?.bufferMs ?? 0) / 1000,
    },
    S3BackupMode: http?.backup,
    S3DestinationDescription: describeS3(asMembers(S3Configuration), s3),
  };
}

function asMembers(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : NOTHING;
}
