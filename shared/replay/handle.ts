import { lambda } from '../platform/clients.ts';
import type { Deadline } from '../platform/deadline.ts';
import { logger } from '../platform/logger.ts';
import { count, flushMetrics } from '../platform/metrics.ts';
import { setting } from '../platform/settings.ts';
import { isTestNotification, notifiedObjects } from '../sources/failures/message.ts';
import { readCommand, unasked } from './command.ts';
import { containersOfMessage, isSmall } from './messages.ts';
import { mayHoldDeadLetters, objectNamed } from './objects.ts';
import { type End, type ReplayAnswer, replay, replayOne } from './replay.ts';
import { stores } from './stores.ts';
import type { Summary } from './summary.ts';
import { inParallel } from './table.ts';
import { type Replay, workFor } from './work.ts';

/** More invocations in a row than any replay needs: a bound on what a mistake can cost. */
const MOST_RUNS = 200;
/** Messages of a mapping that are replayed at a time. */
const CONCURRENCY = 5;

interface Invocation {
  readonly functionName?: string;
}

interface MappedMessage {
  readonly messageId?: string;
  readonly body?: string;
  readonly attributes?: { readonly SentTimestamp?: string };
}

interface SqsAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

interface Published {
  readonly Sns?: { readonly MessageId?: string; readonly Message?: string };
}

/** The event tells neither of messages nor of objects, and is no command. */
export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';
}

/** What an event tells of was not replayed to its end: Lambda sends the event again. */
export class ReplayIncompleteError extends Error {
  override readonly name = 'ReplayIncompleteError';
}

/** Tells the ways of being invoked apart, and answers each as its caller expects. */
export async function handleReplay(
  event: unknown,
  context: Invocation | undefined,
  deadline: Deadline,
): Promise<ReplayAnswer | SqsAnswer> {
  const { Records: records, source } = (event ?? {}) as { Records?: unknown; source?: unknown };
  if (Array.isArray(records) && records[0]?.eventSource === 'aws:sqs') return await fromQueue(records, deadline);
  if (Array.isArray(records) && records[0]?.EventSource === 'aws:sns') return await fromTopic(records, deadline);
  if (Array.isArray(records) || source === 'aws.s3') return await fromBucket(event, context, deadline);
  const scheduled = source === 'aws.events' || source === 'aws.scheduler';
  const asked = scheduled ? { source: 'errors' } : event;
  const answer = await replay(readCommand(asked), deadline);
  finish(answer);
  if (answer.continuation !== undefined) await goOn(asked, answer, context);
  return answer;
}

/** Messages of a mapping: those that are not done come again. */
async function fromQueue(records: readonly MappedMessage[], deadline: Deadline): Promise<SqsAnswer> {
  const work = workFor(unasked(), deadline);
  const done = new Set<MappedMessage>();
  const replayed = async (message: MappedMessage): Promise<void> => {
    if (await replayMessage(message, work)) done.add(message);
  };
  const small = records.filter(({ body = '' }) => isSmall(body));
  const large = records.filter((message) => !small.includes(message));
  await inParallel(small, CONCURRENCY, replayed);
  await inParallel(large, 1, replayed);
  finish(work.summary);
  const left = records.filter((message) => !done.has(message));
  return { batchItemFailures: left.map(({ messageId = '' }) => ({ itemIdentifier: messageId })) };
}

/** Messages of a topic, whole: Lambda sends the event again where one is not done. */
async function fromTopic(records: readonly Published[], deadline: Deadline): Promise<SqsAnswer> {
  const messages = records.map(({ Sns: { MessageId: messageId = '', Message: body = '' } = {} }) => ({
    messageId,
    body,
  }));
  const answer = await fromQueue(messages, deadline);
  const left = answer.batchItemFailures.length;
  if (left > 0) throw new ReplayIncompleteError(`${left} messages could not be replayed.`);
  return answer;
}

/** The mapping deletes a message that is done, and lets others come again. */
const MAPPED = { settle: async () => {}, leave: async () => {}, hold: async () => {} };

async function replayMessage(message: MappedMessage, work: Replay): Promise<boolean> {
  const { messageId, body = '', attributes } = message ?? {};
  const sent = Number(attributes?.SentTimestamp);
  try {
    const time = Number.isFinite(sent) ? sent : undefined;
    const containers = await containersOfMessage(body, time, MAPPED, stores, work.command.settle);
    let done = true;
    for (const container of containers) done = (await replayOne(container, work)) === 'done' && done;
    return done;
  } catch (error) {
    logger.error('A dead letter could not be replayed', { messageId, error: nameOf(error) });
    return false;
  }
}

/** Objects that were just written. Where one is not replayed to its end, for a cause that can pass, the event comes again. */
async function fromBucket(event: unknown, context: Invocation | undefined, deadline: Deadline): Promise<ReplayAnswer> {
  const addresses = notifiedObjects(event);
  if (addresses.length === 0 && !isTestNotification(event)) {
    throw new UnknownEventError('The event is neither a command nor one of SQS, SNS, S3, EventBridge or a schedule.');
  }
  const work = workFor(unasked(), deadline);
  const ends: End[] = [];
  for (const address of addresses.filter(({ key }) => mayHoldDeadLetters(key))) {
    const object = await objectNamed(address, work.command.settle);
    if (object === undefined) continue;
    const end = await replayOne(object, work);
    if (end === 'interrupted') await invokeAgain({ source: `s3://${address.bucket}/${address.key}` }, context);
    ends.push(end);
  }
  finish(work.summary);
  const failures = Object.values(work.summary.failed).reduce((sum, failed) => sum + failed, 0);
  if (failures > 0 || ends.includes('elsewhere')) {
    throw new ReplayIncompleteError(`${failures} dead letters could not be put back: they stay where they are.`);
  }
  return { ...work.summary, dryRun: false };
}

/** Invokes this function again, with where it was, when its time ran out. */
async function goOn(asked: unknown, { continuation }: ReplayAnswer, context: Invocation | undefined): Promise<void> {
  if (continuation === undefined) return;
  if (continuation.runs >= MOST_RUNS) {
    logger.error('The replay was stopped: it took too many invocations', { runs: continuation.runs });
    return;
  }
  await invokeAgain({ ...(asked as object), continuation }, context);
}

async function invokeAgain(event: object, context: Invocation | undefined): Promise<void> {
  const functionName = context?.functionName;
  if (functionName === undefined) return;
  const { aws, client } = await lambda();
  const Payload = Buffer.from(JSON.stringify(event));
  await client.send(new aws.InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }));
}

function finish(summary: Summary): void {
  count('DeadLettersFound', summary.found);
  count('DeadLettersReplayed', summary.replayed);
  count('DeadLettersQuarantined', summary.quarantined);
  count('DeadLettersLost', summary.lost);
  for (const [code, unreadable] of Object.entries(summary.unreadable))
    count('DeadLettersUnreadable', unreadable, { code });
  for (const [code, failures] of Object.entries(summary.failed)) count('ReplayFailed', failures, { code });
  logger.info('Replayed dead letters', { summary });
  flushMetrics(setting('PIPELINE') ?? 'none');
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}
