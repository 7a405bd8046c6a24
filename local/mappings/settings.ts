/** What an event source mapping is set to. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html */
import type { ShardPosition } from '../account/contracts.ts';
import { type Filter, readFilters } from './filter.ts';
import { MAPPING } from './limits.ts';
import { fail, flag, limit, object, type Properties, requiredText, text, whole } from './properties.ts';

interface CommonSettings {
  readonly eventSourceArn: string;
  readonly functionName: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly reportsItemFailures: boolean;
  readonly filter: Filter | undefined;
}

export interface StreamSettings extends CommonSettings {
  readonly kind: 'stream';
  /** The stream behind an enhanced fan-out consumer, or the source itself. */
  readonly streamArn: string;
  /** Lambda splits aggregates of the Kinesis Producer Library for consumers with enhanced fan-out alone. */
  readonly fanOut: boolean;
  readonly startingPosition: Extract<ShardPosition, { type: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP' }>;
  readonly parallelizationFactor: number;
  readonly bisect: boolean;
  /** Undefined: for ever. */
  readonly retries: number | undefined;
  readonly recordAgeMs: number | undefined;
  readonly tumblingMs: number;
  readonly onFailureArn: string | undefined;
}

export interface QueueSettings extends CommonSettings {
  readonly kind: 'queue';
  readonly concurrency: number;
}

export type MappingSettings = StreamSettings | QueueSettings;

/** Throws `MappingError` for what Lambda would refuse. */
export function readSettings(properties: Properties): MappingSettings {
  const arn = requiredText(properties, 'EventSourceArn');
  const service = arn.split(':')[2];
  if (service === 'kinesis') return streamSettings(properties, arn);
  if (service === 'sqs') return queueSettings(properties, arn);
  return fail('EventSourceArn', `names ${service ?? 'nothing'}: the local account maps Kinesis streams and SQS queues`);
}

function commonSettings(properties: Properties, arn: string, source: 'stream' | 'queue'): CommonSettings {
  const limits = MAPPING[source];
  const windowSeconds = whole(properties, 'MaximumBatchingWindowInSeconds', 0, 0, limits.mostWindowSeconds);
  const types = properties.FunctionResponseTypes;
  return {
    eventSourceArn: arn,
    functionName: requiredText(properties, 'FunctionName'),
    enabled: flag(properties.Enabled, true),
    batchSize: whole(properties, 'BatchSize', limits.batchSize, 1, limits.mostBatchSize),
    windowMs: windowSeconds * 1000,
    reportsItemFailures: Array.isArray(types) && types.includes('ReportBatchItemFailures'),
    filter: readFilters(object(properties.FilterCriteria), source === 'stream' ? 'data' : 'body'),
  };
}

function streamSettings(properties: Properties, arn: string): StreamSettings {
  const { least, most } = MAPPING.recordAgeSeconds;
  const age = limit(properties, 'MaximumRecordAgeInSeconds', least, most);
  const settings: StreamSettings = {
    ...commonSettings(properties, arn, 'stream'),
    kind: 'stream',
    streamArn: arn.split('/consumer/')[0] as string,
    fanOut: arn.includes('/consumer/'),
    startingPosition: startingPosition(properties),
    parallelizationFactor: whole(properties, 'ParallelizationFactor', 1, 1, MAPPING.stream.mostFactor),
    bisect: flag(properties.BisectBatchOnFunctionError, false),
    retries: limit(properties, 'MaximumRetryAttempts', 0, MAPPING.mostRetries),
    recordAgeMs: age === undefined ? undefined : age * 1000,
    tumblingMs: whole(properties, 'TumblingWindowInSeconds', 0, 0, MAPPING.stream.mostTumblingSeconds) * 1000,
    onFailureArn: onFailure(properties),
  };
  if (settings.tumblingMs > 0 && settings.parallelizationFactor > 1) {
    fail('TumblingWindowInSeconds', 'can’t be used with a ParallelizationFactor above 1');
  }
  if (settings.tumblingMs > 0 && settings.filter !== undefined) {
    fail('TumblingWindowInSeconds', 'can’t be used with FilterCriteria');
  }
  return settings;
}

function startingPosition(properties: Properties): StreamSettings['startingPosition'] {
  const type = requiredText(properties, 'StartingPosition');
  if (type === 'TRIM_HORIZON' || type === 'LATEST') return { type };
  if (type !== 'AT_TIMESTAMP') return fail('StartingPosition', 'must be TRIM_HORIZON, LATEST or AT_TIMESTAMP');
  const given = properties.StartingPositionTimestamp;
  const seconds = typeof given === 'string' && Number.isNaN(Number(given)) ? Date.parse(given) / 1000 : Number(given);
  if (!Number.isFinite(seconds)) return fail('StartingPositionTimestamp', 'must be a time, in seconds');
  return { type, timestamp: seconds * 1000 };
}

function onFailure(properties: Properties): string | undefined {
  const destination = object(object(properties.DestinationConfig)?.OnFailure)?.Destination;
  const arn = text(destination);
  if (arn === undefined) return undefined;
  const service = arn.split(':')[2] ?? '';
  return ['sqs', 'sns', 's3'].includes(service)
    ? arn
    : fail('DestinationConfig.OnFailure.Destination', 'must be an SQS queue, an SNS topic or an S3 bucket');
}

function queueSettings(properties: Properties, arn: string): QueueSettings {
  const common = commonSettings(properties, arn, 'queue');
  if (common.batchSize > MAPPING.queue.mostWithoutWindow && common.windowMs === 0) {
    fail('BatchSize', 'above 10 needs a MaximumBatchingWindowInSeconds of at least 1');
  }
  const scaling = object(properties.ScalingConfig) ?? {};
  const most = whole(scaling, 'MaximumConcurrency', MAPPING.queue.pollers, 2, 1000);
  return { ...common, kind: 'queue', concurrency: Math.min(most, MAPPING.queue.pollers) };
}
