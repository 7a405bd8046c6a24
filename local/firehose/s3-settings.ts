import type { Constraints, Members } from './constraints.ts';
import { invalidArgument } from './errors.ts';
import { compilePrefix, defaultErrorPrefix, type Prefix } from './prefix.ts';
import type { CompressionFormat, S3Settings } from './settings.ts';
import { isTimeZone } from './time-zone.ts';

const MIB = 1024 * 1024;
const ARN = /arn:.*/;
const BUCKET_ARN = /arn:.*:s3:::[\w.-]{1,255}/;
const COMPRESSIONS: readonly string[] = ['UNCOMPRESSED', 'GZIP', 'ZIP', 'Snappy', 'HADOOP_SNAPPY'];

/** The members of an S3 configuration that the API's model constrains, before their meaning is checked. */
export interface RawS3 {
  readonly bucketArn: string;
  readonly prefix: string | undefined;
  readonly errorPrefix: string | undefined;
  readonly sizeMb: number | undefined;
  readonly seconds: number | undefined;
  readonly compression: CompressionFormat;
  readonly fileExtension: string | undefined;
  readonly timeZone: string | undefined;
  readonly logging: Members | undefined;
}

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html */
export function readS3(check: Constraints, of: Members, path: string): RawS3 {
  check.text(of, 'RoleARN', path, { required: true, pattern: ARN, shortest: 1, longest: 512 });
  const bucketArn = check.text(of, 'BucketARN', path, { required: true, pattern: BUCKET_ARN, longest: 2048 });
  const hints = check.object(of, 'BufferingHints', path) ?? {};
  const hintsPath = `${path}.bufferingHints`;
  return {
    bucketArn: bucketArn ?? '',
    prefix: check.text(of, 'Prefix', path, { longest: 1024 }),
    errorPrefix: check.text(of, 'ErrorOutputPrefix', path, { longest: 1024 }),
    sizeMb: check.integer(hints, 'SizeInMBs', hintsPath, 1, 128),
    seconds: check.integer(hints, 'IntervalInSeconds', hintsPath, 0, 900),
    compression: (check.text(of, 'CompressionFormat', path, { oneOf: COMPRESSIONS }) ??
      'UNCOMPRESSED') as CompressionFormat,
    fileExtension: check.text(of, 'FileExtension', path, { pattern: /|\.[0-9a-z!\-_.*'()]+/, longest: 128 }),
    timeZone: check.text(of, 'CustomTimeZone', path, { longest: 50 }),
    logging: check.object(of, 'CloudWatchLoggingOptions', path),
  };
}

/** The meaning of an S3 configuration. Throws InvalidArgumentException in AWS's words. */
export function s3Settings(raw: RawS3, defaultMb = 5): S3Settings {
  checkLogging(raw.logging);
  if ((raw.sizeMb === undefined) !== (raw.seconds === undefined)) {
    throw invalidArgument('BufferingHints must have both SizeInMBs and IntervalInSeconds, or neither.');
  }
  const prefix = compilePrefix(raw.prefix ?? '', 'Prefix');
  const zone = raw.timeZone === undefined || raw.timeZone === '' ? 'UTC' : raw.timeZone;
  if (!isTimeZone(zone)) {
    throw invalidArgument(
      'Provided custom time zone is not supported. Custom time zones are limited to UTC and non-3-letter IANA time zones.',
    );
  }
  return {
    bucket: raw.bucketArn.slice(raw.bucketArn.lastIndexOf(':') + 1),
    prefix,
    errorPrefix: errorPrefix(raw, prefix),
    bufferBytes: (raw.sizeMb ?? defaultMb) * MIB,
    bufferMs: (raw.seconds ?? 300) * 1000,
    compression: raw.compression,
    fileExtension: raw.fileExtension === '' ? undefined : raw.fileExtension,
    timeZone: zone,
  };
}

function errorPrefix(raw: RawS3, prefix: Prefix): Prefix {
  if (raw.errorPrefix !== undefined && raw.errorPrefix !== '')
    return compilePrefix(raw.errorPrefix, 'ErrorOutputPrefix');
  if (prefix.hasExpressions) {
    throw invalidArgument('ErrorOutputPrefix cannot be null or empty when Prefix contains expressions');
  }
  return defaultErrorPrefix(prefix);
}

function checkLogging(logging: Members | undefined): void {
  if (logging === undefined || (logging.Enabled !== true && logging.Enabled !== 'true')) return;
  for (const [member, words] of [
    ['LogGroupName', 'Log Group Name'],
    ['LogStreamName', 'Log Stream Name'],
  ] as const) {
    if (typeof logging[member] !== 'string' || logging[member] === '') {
      throw invalidArgument(`CloudWatch ${words} is required if CloudWatch Logging is enabled`);
    }
  }
}
