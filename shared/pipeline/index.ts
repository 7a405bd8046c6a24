/** What a pipeline's author imports: the definition, and every word that one is written with. */
export {
  arrivalTime,
  average,
  count,
  distinct,
  eventTime,
  max,
  min,
  sum,
  topK,
  windows,
} from '../aggregate/index.ts';
export { eventBridge, firehose, kinesis, s3, sqs } from '../delivery/index.ts';
export {
  dynamoDbTable,
  geoIp,
  ingestMetadata,
  lookup,
  parse,
  rename,
  s3Table,
  set,
  userAgent,
} from '../enrich/index.ts';
export { and, dedupe, drop, keep, not, or, require, sample, schema, where } from '../filter/index.ts';
export { accessLog, cloudwatchLogs, csv, gzip, json, jsonOr, logfmt, ndjson, syslog } from '../formats/index.ts';
export {
  bucket,
  encrypt,
  formatPreserving,
  keepDomain,
  keepFirst,
  keepLast,
  kmsKey,
  mask,
  maskDetected,
  monthOnly,
  preset,
  pseudonym,
  redact,
  roundCoordinates,
  secret,
  shiftDate,
  truncateIp,
  yearOnly,
} from '../mask/index.ts';
export { type ConsumerDefinition, definePipeline, type PipelineDefinition } from './definition.ts';
export { remove } from './remove.ts';
export { day, field, hour, month } from './value.ts';
