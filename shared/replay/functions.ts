import { createHash } from 'node:crypto';
import { CONFIRMED, type Entry, type EntryResult } from '../delivery/entry.ts';
import { lambda } from '../platform/clients.ts';
import { now } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import { LIMITS } from '../platform/limits.ts';
import { bytesOf } from '../record/byte-string.ts';
import { permanent, transient } from '../record/failure.ts';
import { type Failed, failed } from '../record/outcome.ts';
import { inParallel } from './table.ts';

/** Messages that the decoder is handed at a time. */
const CONCURRENCY = 8;
/** An invocation is not begun with less time than this, in milliseconds. */
const LEAST_MS = 1_000;

/** Hands a function the records as Kinesis would, and takes its partial-batch answer. `tokens` tell the records apart. */
export async function invokeWith(
  functionName: string,
  entries: readonly Entry[],
  tokens: readonly string[],
  deadline: Deadline,
): Promise<readonly EntryResult[]> {
  const all = (failure: Failed): readonly EntryResult[] => entries.map(() => failure);
  const numbers = sequenceNumbers(tokens);
  const Records = entries.map((entry, index) => kinesisRecord(entry, numbers[index]!));
  const answer = await invoke(functionName, { Records }, deadline);
  if (typeof answer !== 'string') return all(answer);
  const failures = failuresOf(answer);
  if (failures === undefined) return all(refused(functionName, 'gave no partial-batch answer'));
  // As an event source mapping reads it: everything from the lowest failed record on is not done.
  const first = numbers.findIndex((number) => failures.has(number));
  if (first < 0 && failures.size > 0) return all(refused(functionName, 'failed a record that it was not given'));
  const done = first < 0 ? entries.length : first;
  const failure = refused(functionName, 'failed the record');
  return entries.map((_, index) => (index < done ? CONFIRMED : failure));
}

/** Hands the logs decoder messages, each as CloudWatch Logs would, with what tells them apart when they come twice. */
export async function decodeAll(
  functionName: string,
  entries: readonly Entry[],
  tokens: readonly string[],
  deadline: Deadline,
): Promise<readonly EntryResult[]> {
  const results: EntryResult[] = new Array(entries.length);
  await inParallel([...entries.keys()], CONCURRENCY, async (index) => {
    const event = { awslogs: { data: btoa(entries[index]!.data) }, redrive: { token: tokens[index] } };
    const answer = await invoke(functionName, event, deadline);
    results[index] = typeof answer === 'string' ? CONFIRMED : answer;
  });
  return results;
}

/** The function's answer as JSON text, or why there is none. */
async function invoke(functionName: string, event: object, deadline: Deadline): Promise<string | Failed> {
  const payload = Buffer.from(JSON.stringify(event));
  if (payload.length > LIMITS.lambda.payload) {
    const message = `The event is larger than the ${LIMITS.lambda.payload} bytes that a function takes.`;
    return failed(permanent('RecordTooLarge', 'deliver', message));
  }
  const timeMs = Math.floor(deadline.remainingMs());
  if (timeMs < LEAST_MS)
    return failed(
      transient('OutOfTime', 'deliver', `The invocation's time ran out before ${functionName} was invoked.`),
    );
  try {
    const { aws, client } = await lambda();
    const command = new aws.InvokeCommand({ FunctionName: functionName, Payload: payload });
    const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeMs) });
    if (answer.FunctionError !== undefined) return refused(functionName, 'failed');
    return Buffer.from(answer.Payload ?? []).toString('utf8');
  } catch (error) {
    return refused(functionName, `could not be invoked: ${error instanceof Error ? error.name : 'Error'}`);
  }
}

function refused(functionName: string, what: string): Failed {
  return failed(transient('FunctionFailed', 'deliver', `The function ${functionName} ${what}.`));
}

/** Rising, as those of a shard, and the same when the same records are handed over again: a function may remember them. */
function sequenceNumbers(tokens: readonly string[]): readonly string[] {
  const name = createHash('sha256').update(tokens[0]!).digest('hex').slice(0, 24);
  const first = 10n ** 40n + BigInt(`0x${name}`) * 10_000n;
  return tokens.map((_, index) => String(first + BigInt(index)));
}

function kinesisRecord({ id, data, partitionKey = id }: Entry, sequenceNumber: string): object {
  return {
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventName: 'aws:kinesis:record',
    eventID: `shardId-replay:${sequenceNumber}`,
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber,
      data: bytesOf(data).toString('base64'),
      approximateArrivalTimestamp: now() / 1000,
    },
  };
}

/** The identifiers that failed; undefined where the answer is not a partial-batch answer. */
function failuresOf(payload: string): ReadonlySet<string> | undefined {
  try {
    const answer = JSON.parse(payload) as { batchItemFailures?: unknown } | null;
    const failures = answer?.batchItemFailures ?? [];
    if (!Array.isArray(failures)) return undefined;
    return new Set((failures as { itemIdentifier?: string }[]).map(({ itemIdentifier }) => itemIdentifier ?? ''));
  } catch {
    return undefined;
  }
}
