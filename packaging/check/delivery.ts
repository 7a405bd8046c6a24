/** Holds delivery streams to what Firehose takes and the CloudFormation schema does not say. */
import { type Fault, isIntrinsic, knownText, type Template } from './template.ts';

type Members = Readonly<Record<string, unknown>>;
type Range = readonly [least: number, most: number];

interface Limits {
  /** MB. */
  readonly size: Range;
  /** Seconds. */
  readonly interval: Range;
}

/**
 * What is buffered before it is delivered, by destination.
 * https://docs.aws.amazon.com/firehose/latest/dev/buffering-hints.html, and the API's `…BufferingHints`
 */
const BUFFERING: Readonly<Record<string, Limits>> = {
  ExtendedS3DestinationConfiguration: { size: [1, 128], interval: [0, 900] },
  AmazonopensearchserviceDestinationConfiguration: { size: [1, 100], interval: [0, 900] },
  AmazonOpenSearchServerlessDestinationConfiguration: { size: [1, 100], interval: [0, 900] },
  HttpEndpointDestinationConfiguration: { size: [1, 64], interval: [0, 900] },
  IcebergDestinationConfiguration: { size: [1, 128], interval: [0, 900] },
  RedshiftDestinationConfiguration: { size: [1, 128], interval: [0, 900] },
  SnowflakeDestinationConfiguration: { size: [1, 128], interval: [0, 900] },
  SplunkDestinationConfiguration: { size: [1, 5], interval: [0, 60] },
};
const S3 = BUFFERING.ExtendedS3DestinationConfiguration as Limits;
/** Format conversion and dynamic partitioning buffer no less, MB. */
const LEAST_CONVERTED = 64;
/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_SplunkRetryOptions.html, alike for the others */
const RETRY_SECONDS: Range = [0, 7200];
/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_SplunkDestinationConfiguration.html */
const ACKNOWLEDGEMENT_SECONDS: Range = [180, 600];

/** What the API's patterns ask of a value, loosely. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  ClusterJDBCURL: /^jdbc:(redshift|postgresql):\/\/([\w-]+\.)+redshift(-serverless)?\.[\w.]+:\d{1,5}\/[\w$-]+$/,
  CollectionEndpoint: /^https:\/\//,
  HECEndpoint: /^https:\/\//,
  AccountUrl: /^https:\/\/.+\.snowflakecomputing\.com$/,
  Url: /^https:\/\//,
  DomainARN: /^arn:[^:]+:es:/,
};

export function deliveryFaults({ Resources }: Template): readonly Fault[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) =>
    Type === 'AWS::KinesisFirehose::DeliveryStream' ? faultsOf(Properties, id) : [],
  );
}

function faultsOf(properties: Members, id: string): readonly Fault[] {
  const destinations = Object.keys(properties).filter((name) => name.endsWith('DestinationConfiguration'));
  const [name] = destinations;
  if (name === undefined || destinations.length > 1)
    return [`${id}: it has ${destinations.length} destinations, not one`];
  const limits = BUFFERING[name];
  if (limits === undefined) return [`${id}: ${name} is not known here`];
  const destination = properties[name] as Members;
  const path = `${id}.${name}`;
  const { RetryOptions, HECAcknowledgmentTimeoutInSeconds: acknowledgement } = destination;
  const retry = (RetryOptions as Members | undefined)?.DurationInSeconds;
  return [
    ...sourceFaults(properties, id),
    ...bufferFaults(destination, limits, path),
    ...outside(retry, RETRY_SECONDS, `${path}.RetryOptions.DurationInSeconds`),
    ...outside(acknowledgement, ACKNOWLEDGEMENT_SECONDS, `${path}.HECAcknowledgmentTimeoutInSeconds`),
    ...patternFaults(destination, path),
    ...s3Faults(name === 'ExtendedS3DestinationConfiguration' ? destination : destination.S3Configuration, path),
    ...backupFaults(destination, name, path),
  ];
}

/** Records of a stream are encrypted by the stream. */
function sourceFaults(properties: Members, id: string): readonly Fault[] {
  const reads = isGiven(properties.KinesisStreamSourceConfiguration);
  if (reads !== (properties.DeliveryStreamType === 'KinesisStreamAsSource')) {
    return [`${id}: DeliveryStreamType and KinesisStreamSourceConfiguration say different things`];
  }
  return reads && isGiven(properties.DeliveryStreamEncryptionConfigurationInput)
    ? [`${id}: a delivery stream that reads a stream can't be encrypted by itself`]
    : [];
}

function bufferFaults(destination: Members, limits: Limits, path: string): readonly Fault[] {
  const { SizeInMBs, IntervalInSeconds } = (destination.BufferingHints ?? {}) as Members;
  const converts = ['DynamicPartitioningConfiguration', 'DataFormatConversionConfiguration'].some((part) =>
    isGiven(destination[part]),
  );
  const size: Range = converts ? [LEAST_CONVERTED, limits.size[1]] : limits.size;
  return [
    ...outside(SizeInMBs, size, `${path}.BufferingHints.SizeInMBs`),
    ...outside(IntervalInSeconds, limits.interval, `${path}.BufferingHints.IntervalInSeconds`),
  ];
}

function patternFaults(destination: Members, path: string): readonly Fault[] {
  const endpoint = (destination.EndpointConfiguration ?? {}) as Members;
  return Object.entries({ ...destination, ...endpoint }).flatMap(([name, value]) => {
    const pattern = Object.hasOwn(PATTERNS, name) ? PATTERNS[name] : undefined;
    if (pattern === undefined || isIntrinsic(value) || pattern.test(String(value))) return [];
    return [`${path}.${name}: ${String(value)} does not look like one`];
  });
}

/** https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html */
function s3Faults(configuration: unknown, path: string): readonly Fault[] {
  const { Prefix, ErrorOutputPrefix, BufferingHints, DynamicPartitioningConfiguration } = (configuration ??
    {}) as Members;
  const [prefix, errors] = [Prefix ?? '', ErrorOutputPrefix ?? ''].map(knownText) as [string, string];
  const partitions = isGiven(DynamicPartitioningConfiguration);
  const faults = [...bufferFaults({ BufferingHints }, S3, `${path}.S3`)];
  if (prefix.includes('!{') && errors === '')
    faults.push(`${path}: Prefix has expressions and needs an ErrorOutputPrefix`);
  if (prefix.includes('error-output-type')) faults.push(`${path}: Prefix can't tell of error-output-type`);
  if (errors !== '' && !errors.includes('!{firehose:error-output-type}')) {
    faults.push(`${path}: ErrorOutputPrefix must hold !{firehose:error-output-type}`);
  }
  if (errors.includes('partitionKeyFrom')) faults.push(`${path}: ErrorOutputPrefix can't tell of partition keys`);
  if (prefix.includes('partitionKeyFrom') !== partitions) {
    faults.push(`${path}: Prefix and DynamicPartitioningConfiguration say different things`);
  }
  return faults;
}

/** What a destination refuses must be somewhere. */
function backupFaults(destination: Members, name: string, path: string): readonly Fault[] {
  if (name === 'ExtendedS3DestinationConfiguration') return [];
  const faults: Fault[] = [];
  const s3 = destination.S3Configuration as Members | undefined;
  if (s3 === undefined) faults.push(`${path}: it has no S3Configuration to back up to`);
  const mode = destination.S3BackupMode ?? destination.s3BackupMode;
  if (mode === undefined) faults.push(`${path}: S3BackupMode is left to Firehose`);
  if (
    name === 'RedshiftDestinationConfiguration' &&
    !['GZIP', 'UNCOMPRESSED'].includes(String(s3?.CompressionFormat))
  ) {
    faults.push(`${path}: Redshift's COPY can't read ${String(s3?.CompressionFormat)}`);
  }
  return faults;
}

/** Given, and not `AWS::NoValue`. */
function isGiven(value: unknown): boolean {
  return value !== undefined && (value as { Ref?: unknown }).Ref !== 'AWS::NoValue';
}

function outside(value: unknown, [least, most]: Range, path: string): readonly Fault[] {
  if (value === undefined || isIntrinsic(value)) return [];
  return Number(value) >= least && Number(value) <= most
    ? []
    : [`${path}: ${String(value)} is not from ${least} to ${most}`];
}
