/**
 * PutRecord and PutRecordBatch. https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
import { AwsError, injectedError } from '../gateway/aws-error.ts';
import { blob, input, list, structure, text } from '../gateway/shape.ts';
import { invalidArgument } from './errors.ts';

/** One record before base64, bytes. https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
const MOST_RECORD_BYTES = 1_024_000;
const MOST_BATCH_BYTES = 4 * 1024 * 1024;
const MOST_BATCH_RECORDS = 500;

export const STREAM_NAME = text({ min: 1, max: 64, pattern: '[a-zA-Z0-9_.-]+' });
const RECORD = structure({ Data: blob({ max: MOST_RECORD_BYTES }) });
const READ_RECORD = input({ DeliveryStreamName: STREAM_NAME, Record: RECORD });
const READ_BATCH = input({
  DeliveryStreamName: STREAM_NAME,
  Records: list(RECORD, { min: 1, max: MOST_BATCH_RECORDS }),
});

export interface PutTarget {
  /** Takes a record in; gives its id. */
  take(data: Buffer): string;
  /** Resolves when more can be taken; rejects when that takes too long. */
  room(): Promise<void>;
}

export interface PutOptions {
  /** The stream that direct puts go to. Throws what AWS answers when there is none, or it takes none. */
  readonly target: (name: string) => PutTarget;
  /** An error code to answer for a record. */
  readonly fault: (name: string) => string | undefined;
}

interface PutAnswer {
  readonly RecordId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

export async function putRecord(value: unknown, options: PutOptions): Promise<object> {
  const { DeliveryStreamName: name, Record: record } = READ_RECORD(value);
  const target = options.target(name);
  const code = options.fault(name);
  if (code !== undefined) throw code === SLOW ? slow() : injectedError(code);
  await target.room();
  return { RecordId: target.take(record.Data), Encrypted: false };
}

/** Answers 200 also where records failed: each has its own answer, at its own index. */
export async function putRecordBatch(value: unknown, options: PutOptions): Promise<object> {
  const { DeliveryStreamName: name, Records: records } = READ_BATCH(value);
  const bytes = records.reduce((sum, record) => sum + record.Data.length, 0);
  if (bytes > MOST_BATCH_BYTES) throw invalidArgument('Records size exceeds 4 MB limit');
  const target = options.target(name);
  await target.room();
  const answers = records.map((record): PutAnswer => {
    const code = options.fault(name);
    if (code === undefined) return { RecordId: target.take(record.Data) };
    return { ErrorCode: code, ErrorMessage: code === SLOW ? SLOW_WORDS : 'Internal failure.' };
  });
  const failed = answers.filter((answer) => answer.ErrorCode !== undefined).length;
  return { FailedPutCount: failed, Encrypted: false, RequestResponses: answers };
}

const SLOW = 'ServiceUnavailableException';
const SLOW_WORDS = 'Slow down.';

function slow(): AwsError {
  return new AwsError(SLOW, SLOW_WORDS, { status: 503 });
}
