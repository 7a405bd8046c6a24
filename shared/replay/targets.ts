import type { Destination } from '../delivery/destination.ts';
import { CONFIRMED, type Entry, type EntryResult } from '../delivery/entry.ts';
import { firehoseDestination } from '../delivery/firehose.ts';
import { kinesisDestination } from '../delivery/kinesis.ts';
import { putAll } from '../delivery/put-all.ts';
import { lambda } from '../platform/clients.ts';
import type { Deadline } from '../platform/deadline.ts';
import { requiredSetting, setting } from '../platform/settings.ts';
import { bytesOf } from '../record/byte-string.ts';
import { permanent, transient } from '../record/failure.ts';
import { failed } from '../record/outcome.ts';
import type { FailedRecord } from '../sources/failures/found.ts';
import type { Target } from './command.ts';

/** Puts records back: each where it came from, or all of them where the command says. Answers are aligned. */
export async function putBack(
  records: readonly FailedRecord[],
  target: Target,
  deadline: Deadline,
): Promise<readonly EntryResult[]> {
  const results: EntryResult[] = new Array(records.length);
  for (const [address, indices] of byAddress(records, target)) {
    const entries = indices.map((index) => entryOf(records[index]!));
    const answers = await put(address, entries, deadline);
    indices.forEach((index, i) => {
      results[index] = answers[i]!;
    });
  }
  return results;
}

async function put(address: string, entries: readonly Entry[], deadline: Deadline): Promise<readonly EntryResult[]> {
  const [kind, ...rest] = address.split(' ');
  const name = rest.join(' ');
  if (kind === 'function') return await invoke(name, entries);
  if (kind === 'logs') return await Promise.all(entries.map((entry) => decode(name, entry)));
  const destination = destinationOf(kind, name);
  if (destination !== undefined) return await putAll(destination, entries, { deadline });
  const message = 'The dead letter does not tell where its record came from: say `to`.';
  return entries.map(() => failed(permanent('UnknownOrigin', 'deliver', message)));
}

function destinationOf(kind: string | undefined, name: string): Destination | undefined {
  if (kind === 'stream') return kinesisDestination({ stream: name });
  if (kind === 'delivery-stream') return firehoseDestination({ stream: name });
  return undefined;
}

/** Indices of the records, by where they go: `stream NAME`, `delivery-stream NAME`, `function NAME`, or `unknown`. */
function byAddress(records: readonly FailedRecord[], target: Target): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  records.forEach((record, index) => {
    const address = addressOf(record, target);
    const group = groups.get(address);
    if (group === undefined) groups.set(address, [index]);
    else group.push(index);
  });
  return groups;
}

function addressOf({ origin }: FailedRecord, target: Target): string {
  if (target.kind === 'stream') return `stream ${target.stream}`;
  if (target.kind === 'delivery-stream') return `delivery-stream ${target.deliveryStream}`;
  if (target.kind === 'function') return `function ${target.functionName}`;
  if (origin?.kind === 'stream') return `stream ${origin.stream}`;
  if (origin?.kind === 'delivery-stream') return `delivery-stream ${origin.deliveryStream}`;
  if (origin?.kind === 'logs')
    return `logs ${requiredSetting('LOGS_DECODER', 'the function that decodes log messages')}`;
  const fallback = setting('DELIVERY_STREAM');
  return fallback === undefined ? 'unknown' : `delivery-stream ${fallback}`;
}

function entryOf({ at, data, origin }: FailedRecord): Entry {
  return { id: at, data, documents: 1, ...(origin?.kind === 'stream' ? { partitionKey: origin.partitionKey } : {}) };
}

/** Hands a function the records as Kinesis would, and takes its partial-batch answer. */
async function invoke(functionName: string, entries: readonly Entry[]): Promise<readonly EntryResult[]> {
  const { aws, client } = await lambda();
  const event = { Records: entries.map((entry) => kinesisRecord(entry)) };
  const answer = await client.send(
    new aws.InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const refused = (message: string): readonly EntryResult[] =>
    entries.map(() => failed(transient('FunctionFailed', 'deliver', message)));
  if (answer.FunctionError !== undefined) return refused(`The function ${functionName} failed.`);
  const failures = failuresOf(Buffer.from(answer.Payload ?? []).toString('utf8'));
  if (failures === undefined) return refused(`The function ${functionName} gave no partial-batch answer.`);
  // As an event source mapping reads it: everything from the lowest failed record on is not done.
  const first = entries.findIndex(({ id }) => failures.has(id));
  if (first < 0 && failures.size > 0) return refused(`The function ${functionName} failed a record it was not given.`);
  const done = first < 0 ? entries.length : first;
  const failure = failed(transient('FunctionFailed', 'deliver', `The function ${functionName} failed the record.`));
  return entries.map((_, index) => (index < done ? CONFIRMED : failure));
}

/** Hands the logs decoder one message, as CloudWatch Logs would. */
async function decode(functionName: string, { data }: Entry): Promise<EntryResult> {
  const { aws, client } = await lambda();
  const event = { awslogs: { data: btoa(data) } };
  const command = new aws.InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) });
  const { FunctionError: error } = await client.send(command);
  return error === undefined
    ? CONFIRMED
    : failed(transient('FunctionFailed', 'deliver', `The function ${functionName} failed the message.`));
}

function kinesisRecord({ id, data, partitionKey = id }: Entry): object {
  return {
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventName: 'aws:kinesis:record',
    eventID: `replay:${id}`,
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber: id,
      data: bytesOf(data).toString('base64'),
      approximateArrivalTimestamp: Date.now() / 1000,
    },
  };
}

function failuresOf(payload: string): ReadonlySet<string> | undefined {
  try {
    const answer = JSON.parse(payload) as { batchItemFailures?: readonly { itemIdentifier?: string }[] } | null;
    return new Set((answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier ?? ''));
  } catch {
    return undefined;
  }
}
