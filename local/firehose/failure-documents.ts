/**
 * What stands in the error output: one JSON document a line for each record that could not be delivered.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
 * https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html
 */
import type { BufferedRecord } from './buffer.ts';
import type { CatalogTable } from './settings.ts';

export interface Failure {
  readonly code: string;
  /** Names and numbers only. */
  readonly message: string;
}

export interface FailedAttempts {
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly ended: number;
}

/** A record that failed before conversion: in the transform, the partitioning, the decompression or at an endpoint. */
export function failureDocument(
  raw: Buffer,
  arrival: number,
  failure: Failure,
  tried: FailedAttempts,
  lambdaArn: string | undefined,
): Buffer {
  const document = {
    rawData: raw.toString('base64'),
    errorCode: failure.code,
    errorMessage: failure.message,
    attemptsMade: tried.attempts,
    arrivalTimestamp: arrival,
    attemptEndingTimestamp: tried.ended,
    ...(lambdaArn === undefined ? {} : { lambdaARN: lambdaArn }),
  };
  return line(document);
}

/** A record that could not be converted, with the table it was to be converted for. */
export function conversionFailureDocument(
  record: BufferedRecord,
  failure: Failure,
  tried: FailedAttempts,
  table: CatalogTable,
): Buffer {
  return line({
    attemptsMade: tried.attempts,
    arrivalTimestamp: record.arrival,
    ErrorCode: failure.code,
    ErrorMessage: failure.message,
    attemptEndingTimestamp: tried.ended,
    rawData: record.data.toString('base64'),
    sequenceNumber: record.sequenceNumber,
    subSequenceNumber: record.subsequenceNumber,
    dataCatalogTable: {
      catalogId: table.catalogId,
      databaseName: table.databaseName,
      tableName: table.tableName,
      region: table.region,
      versionId: table.versionId,
      roleArn: table.roleArn,
    },
  });
}

function line(document: object): Buffer {
  return Buffer.from(`${JSON.stringify(document)}\n`, 'utf8');
}
