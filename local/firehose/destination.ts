import { type Constraints, constraints, type Members } from './constraints.ts';
import { type Place, readConversion } from './conversion-settings.ts';
import { invalidArgument, unsupported } from './errors.ts';
import { readHttpEndpoint } from './http-settings.ts';
import { NO_PROCESSING, processingSettings, readProcessors } from './processors.ts';
import { type RawS3, readS3, s3Settings } from './s3-settings.ts';
import type { ConversionSettings, DestinationSettings, ProcessingSettings, S3Settings } from './settings.ts';

export const DESTINATIONS = [
  'S3DestinationConfiguration',
  'ExtendedS3DestinationConfiguration',
  'RedshiftDestinationConfiguration',
  'ElasticsearchDestinationConfiguration',
  'AmazonopensearchserviceDestinationConfiguration',
  'AmazonOpenSearchServerlessDestinationConfiguration',
  'SplunkDestinationConfiguration',
  'HttpEndpointDestinationConfiguration',
  'SnowflakeDestinationConfiguration',
  'IcebergDestinationConfiguration',
] as const;

/** Smallest buffer of a stream that partitions or converts, MB. https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-enable.html */
const LARGE_BUFFER_MB = 64;
const LARGE_BUFFER_DEFAULT_MB = 128;

/** The one destination of a CreateDeliveryStream request. */
export function readDestination(request: Members, place: Place): DestinationSettings {
  const given = DESTINATIONS.filter((name) => request[name] !== undefined && request[name] !== null);
  const [name] = given;
  if (given.length !== 1 || name === undefined) {
    throw invalidArgument('Exactly one destination configuration is supported for a Firehose');
  }
  const check = constraints();
  const of = check.object(request, name, '') as Members;
  const path = name.charAt(0).toLowerCase() + name.slice(1);
  if (name === 'S3DestinationConfiguration') return plainS3(check, of, path);
  if (name === 'ExtendedS3DestinationConfiguration') return extendedS3(check, of, path, place);
  if (name === 'HttpEndpointDestinationConfiguration') return httpEndpoint(check, of, path);
  throw unsupported(`the destination ${name}; it delivers to S3 and to HTTP endpoints`);
}

function plainS3(check: Constraints, of: Members, path: string): DestinationSettings {
  const raw = readS3(check, of, path);
  check.done();
  const s3 = s3Settings(raw);
  if (keysIn(s3) > 0) throw invalidArgument(PARTITIONING_IS_OFF);
  return {
    s3,
    processing: NO_PROCESSING,
    dynamicPartitioning: false,
    conversion: undefined,
    backup: undefined,
    http: undefined,
  };
}

function extendedS3(check: Constraints, of: Members, path: string, place: Place): DestinationSettings {
  const raw = readS3(check, of, path);
  const processors = readProcessors(check, of, path);
  const partitioning = check.object(of, 'DynamicPartitioningConfiguration', path) ?? {};
  const dynamicPartitioning = check.flag(partitioning, 'Enabled') ?? false;
  const retry = check.object(partitioning, 'RetryOptions', path) ?? {};
  check.integer(retry, 'DurationInSeconds', `${path}.dynamicPartitioningConfiguration.retryOptions`, 0, 7200);
  const mode = check.text(of, 'S3BackupMode', path, { oneOf: ['Disabled', 'Enabled'] });
  const backupOf = check.object(of, 'S3BackupConfiguration', path);
  const rawBackup = backupOf === undefined ? undefined : readS3(check, backupOf, `${path}.s3BackupConfiguration`);
  check.done();
  const conversion = readConversion(check, of, path, place);
  check.done();
  const large = dynamicPartitioning || conversion !== undefined;
  const s3 = s3Settings(raw, large ? LARGE_BUFFER_DEFAULT_MB : undefined);
  const processing = processingSettings(processors, dynamicPartitioning);
  if (conversion !== undefined) checkConversion(raw);
  checkPartitioning(raw, s3, processing, processors !== undefined, dynamicPartitioning);
  return {
    s3,
    processing,
    dynamicPartitioning,
    conversion,
    backup: backupSettings(mode, rawBackup),
    http: undefined,
  };
}

function backupSettings(mode: string | undefined, raw: RawS3 | undefined): S3Settings | undefined {
  if (mode !== 'Enabled') return undefined;
  if (raw === undefined) {
    throw invalidArgument('S3 backup destination configuration is required when enabling S3 backup.');
  }
  const settings = s3Settings(raw);
  if (keysIn(settings) > 0) throw invalidArgument(PARTITIONING_IS_OFF);
  return settings;
}

function checkConversion(raw: RawS3): void {
  if (raw.compression !== 'UNCOMPRESSED') {
    throw invalidArgument(
      "The S3 destination's compression format must be set to UNCOMPRESSED when data format conversion is enabled",
    );
  }
  if (raw.sizeMb !== undefined && raw.sizeMb < LARGE_BUFFER_MB) {
    throw invalidArgument('BufferingHints.SizeInMBs must be at least 64 when data format conversion is enabled.');
  }
}

const PARTITIONING_IS_OFF =
  'Dynamic Partitioning Namespaces can only be part of a prefix expression when Dynamic Partitioning is enabled.';

function keysIn(s3: S3Settings): number {
  return s3.prefix.lambdaKeys.length + s3.prefix.queryKeys.length;
}

function checkPartitioning(
  raw: RawS3,
  s3: S3Settings,
  processing: ProcessingSettings,
  processes: boolean,
  enabled: boolean,
): void {
  if (!enabled) {
    if (keysIn(s3) > 0) throw invalidArgument(PARTITIONING_IS_OFF);
    return;
  }
  if (keysIn(s3) === 0) {
    throw invalidArgument(
      'S3 Prefix should contain Dynamic Partitioning namespaces when Dynamic Partitioning is enabled',
    );
  }
  if (!processes) throw invalidArgument('Processing Configuration is not enabled when DataPartitioning is enabled');
  if (s3.prefix.queryKeys.length > 0) {
    throw invalidArgument(
      'MetadataExtraction processor should be present when S3 Prefix has partitionKeyFromQuery namespace',
    );
  }
  if (processing.transform === undefined) {
    throw invalidArgument(
      'Lambda should be present when S3 Prefix contains keys from partitionKeyFromLambda namespace',
    );
  }
  if (raw.sizeMb !== undefined && raw.sizeMb < LARGE_BUFFER_MB) {
    throw invalidArgument('BufferingHints.SizeInMBs must be at least 64 when Dynamic Partitioning is enabled.');
  }
  if (raw.seconds !== undefined && raw.seconds < 60) {
    throw invalidArgument(
      'BufferingHints.IntervalInSeconds must be at least 60 seconds when Dynamic Partitioning is enabled.',
    );
  }
}

function httpEndpoint(check: Constraints, of: Members, path: string): DestinationSettings {
  const http = readHttpEndpoint(check, of, path);
  const s3Of = check.object(of, 'S3Configuration', path, true);
  const raw = s3Of === undefined ? undefined : readS3(check, s3Of, `${path}.s3Configuration`);
  const processors = readProcessors(check, of, path);
  check.done();
  const s3 = s3Settings(raw as RawS3);
  if (keysIn(s3) > 0) throw invalidArgument(PARTITIONING_IS_OFF);
  const conversion: ConversionSettings | undefined = undefined;
  return {
    s3,
    processing: processingSettings(processors, false),
    dynamicPartitioning: false,
    conversion,
    backup: http.backup === 'AllData' ? s3 : undefined,
    http,
  };
}
