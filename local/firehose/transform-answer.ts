/**
 * What a transform's answer says of each record it was handed.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
 */
import type { PartitionKeys } from './prefix.ts';

export interface TransformFailure {
  readonly code: string;
  readonly message: string;
}

export type RecordResult =
  | { readonly kind: 'ok'; readonly data: Buffer; readonly partitionKeys: PartitionKeys | undefined }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'failed'; readonly failure: TransformFailure };

const ERROR_RESULT = 'The Lambda function was successfully invoked but it returned an error result.';
const WRONG_FORMAT =
  'Check your function and make sure the output is in required format. In addition to that, make sure the processed records contain valid result status of Dropped, Ok, or ProcessingFailed';
const UNREADABLE =
  'There was an error parsing returned records from the Lambda function. Ensure that the returned records follow the status model required by Firehose.';
const MISSING =
  'One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.';
const DOUBLED =
  'Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique record IDs for each record.';
const NO_DATA = 'The Lambda function returned a record with the result Ok and no data.';

export const FUNCTION_ERROR: TransformFailure = { code: 'Lambda.FunctionError', message: ERROR_RESULT };
export const TIMED_OUT: TransformFailure = {
  code: 'Lambda.FunctionTimedOut',
  message: 'The Lambda function timed out. Increase the Timeout setting in the Lambda function.',
};

const INVALID: TransformFailure = { code: 'Lambda.FunctionError', message: WRONG_FORMAT };
const failed = (code: string, message: string): RecordResult => ({ kind: 'failed', failure: { code, message } });

interface Returned {
  readonly recordId?: unknown;
  readonly result?: unknown;
  readonly data?: unknown;
  readonly metadata?: unknown;
}

/** One result for each id, in their order; or what the whole batch fails for. */
export function readAnswer(payload: string, ids: readonly string[]): RecordResult[] | TransformFailure {
  let answer: { records?: unknown } | null;
  try {
    answer = JSON.parse(payload) as { records?: unknown } | null;
  } catch {
    return { code: 'Lambda.JsonProcessingException', message: UNREADABLE };
  }
  if (typeof answer !== 'object' || answer === null || !Array.isArray(answer.records)) return INVALID;
  const results = new Map<string, RecordResult>();
  for (const returned of answer.records as Returned[]) {
    const result = resultOf(returned);
    if (result === undefined) return INVALID;
    const id = String(returned.recordId);
    results.set(id, results.has(id) ? failed('Lambda.DuplicatedRecordId', DOUBLED) : result);
  }
  return ids.map((id) => results.get(id) ?? failed('Lambda.MissingRecordId', MISSING));
}

/** Undefined where the answer as a whole breaks the status model. */
function resultOf(returned: Returned): RecordResult | undefined {
  if (typeof returned !== 'object' || returned === null) return undefined;
  if (typeof returned.recordId !== 'string' || returned.recordId === '') return undefined;
  const absent = returned.data === undefined || returned.data === null;
  const data = absent ? undefined : decodeBase64(returned.data);
  if (!absent && data === undefined) return undefined;
  switch (returned.result) {
    case 'Ok':
      if (data === undefined) return failed('Lambda.InvalidReturnFormat', NO_DATA);
      return { kind: 'ok', data, partitionKeys: partitionKeys(returned.metadata) };
    case 'Dropped':
      return { kind: 'dropped' };
    case 'ProcessingFailed':
      return failed('Lambda.ProcessingFailedStatus', 'ProcessingFailed status set for record');
    default:
      return undefined;
  }
}

/** Undefined for what is no base64 text with its padding. */
function decodeBase64(value: unknown): Buffer | undefined {
  if (typeof value !== 'string' || value.length % 4 !== 0) return undefined;
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  const data = Buffer.from(value, 'base64');
  // Node skips what is not base64 and takes the URL alphabet too.
  if (data.length !== (value.length / 4) * 3 - padding) return undefined;
  return value.includes('-') || value.includes('_') ? undefined : data;
}

function partitionKeys(metadata: unknown): PartitionKeys | undefined {
  const keys = (metadata as { partitionKeys?: unknown } | null | undefined)?.partitionKeys;
  if (typeof keys !== 'object' || keys === null) return undefined;
  const found: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(keys)) {
    if (typeof value === 'string') found[key] = value;
    else if (typeof value === 'number' || typeof value === 'boolean') found[key] = String(value);
  }
  return found;
}
