import { AwsError } from '../gateway/aws-error.ts';

/**
 * Codes that SQS's older query protocol has under another name; clients are told both.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
 */
const QUERY_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  PurgeQueueInProgress: 'AWS.SimpleQueueService.PurgeQueueInProgress',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
};

export function sqsError(code: string, message: string): AwsError {
  return new AwsError(code, message, { headers: { 'x-amzn-query-error': `${QUERY_CODES[code] ?? code};Sender` } });
}

export function invalidParameter(message: string): AwsError {
  return sqsError('InvalidParameterValue', message);
}

export function missingParameter(name: string): AwsError {
  return sqsError('MissingParameter', `The request must contain the parameter ${name}.`);
}
