import { lambda } from '../platform/clients.ts';
import type { Deadline } from '../platform/deadline.ts';
import { logger } from '../platform/logger.ts';
import { count, flushMetrics } from '../platform/metrics.ts';
import { setting } from '../platform/settings.ts';
import { notifiedObjects, readMessage } from '../sources/failures/message.ts';
import { readCommand } from './command.ts';
import type { Container } from './container.ts';
import { objectContainer } from './objects.ts';
import { type ReplayAnswer, replay, replayOne, workFor } from './replay.ts';
import type { Replay } from './replay-container.ts';
import { stores } from './stores.ts';
import type { Summary } from './summary.ts';

/** More invocations in a row than any replay needs: a bound on what a mistake can cost. */
const MOST_RUNS = 200;

interface Invocation {
  readonly awsRequestId?: string;
  readonly functionName?: string;
}

interface SqsRecord {
  readonly eventSource?: string;
  readonly messageId?: string;
  readonly body?: string;
}

interface SqsAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Tells the four ways of being invoked apart, and answers each as its caller expects. */
export async function handleReplay(
  event: unknown,
  context: Invocation | undefined,
  deadline: Deadline,
): Promise<ReplayAnswer | SqsAnswer> {
  const owner = context?.awsRequestId ?? `local-${process.pid}`;
  const { Records: records, source } = (event ?? {}) as { Records?: readonly SqsRecord[]; source?: unknown };
  if (Array.isArray(records) && records[0]?.eventSource === 'aws:sqs') return await fromQueue(records, owner, deadline);
  if (Array.isArray(records)) return await fromBucket(event, owner, deadline);
  const scheduled = source === 'aws.events' || source === 'aws.scheduler';
  const command = readCommand(scheduled ? { source: 'errors' } : event);
  const answer = await replay(command, owner, deadline);
  finish(answer);
  if (answer.continuation !== undefined) await goOn(event, answer, context);
  return answer;
}

/** Messages of a mapping: those that are not done come again. */
async function fromQueue(records: readonly SqsRecord[], owner: string, deadline: Deadline): Promise<SqsAnswer> {
  const work = workFor(readCommand({ source: 'queue' }), deadline);
  const failed: string[] = [];
  for (const { messageId = '', body = '' } of records) {
    if (!(await replayMessage(messageId, body, owner, work))) failed.push(messageId);
  }
  finish(work.summary);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

async function replayMessage(id: string, body: string, owner: string, work: Replay): Promise<boolean> {
  const objects = notifiedObjects(parsed(body));
  const { settle } = work.command;
  const containers =
    objects.length > 0 ? objects.map(({ bucket, key }) => objectContainer(bucket, key, settle)) : [messageOf(id, body)];
  try {
    let done = true;
    for (const container of containers) done = (await replayOne(container, owner, work)) === 'done' && done;
    return done;
  } catch (error) {
    logger.error('A dead letter could not be replayed', {
      messageId: id,
      error: error instanceof Error ? error.name : 'Error',
    });
    return false;
  }
}

/** A message that a mapping handed over: the mapping deletes it, or lets it come again. */
function messageOf(id: string, body: string): Container {
  return { name: `sqs:${id}`, letters: () => readMessage(body, stores), settle: async () => {}, leave: async () => {} };
}

async function fromBucket(event: unknown, owner: string, deadline: Deadline): Promise<ReplayAnswer> {
  const work = workFor(readCommand({ source: 'errors' }), deadline);
  for (const { bucket, key } of notifiedObjects(event)) {
    await replayOne(objectContainer(bucket, key, work.command.settle), owner, work);
  }
  finish(work.summary);
  return { ...work.summary, dryRun: false };
}

/** Invokes this function again, with where it was, when its time ran out. */
async function goOn(event: unknown, { continuation }: ReplayAnswer, context: Invocation | undefined): Promise<void> {
  const functionName = context?.functionName;
  if (continuation === undefined || functionName === undefined) return;
  if (continuation.runs >= MOST_RUNS) {
    logger.error('The replay was stopped: it took too many invocations', { runs: continuation.runs });
    return;
  }
  const { aws, client } = await lambda();
  const payload = JSON.stringify({ ...(event as object), continuation });
  await client.send(
    new aws.InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: Buffer.from(payload) }),
  );
}

function finish(summary: Summary): void {
  for (const name of ['found', 'replayed', 'quarantined', 'lost'] as const) {
    count(`DeadLetters${name[0]?.toUpperCase()}${name.slice(1)}`, summary[name]);
  }
  for (const [code, failures] of Object.entries(summary.failed)) count('ReplayFailed', failures, { code });
  logger.info('Replayed dead letters', { summary });
  flushMetrics(setting('PIPELINE') ?? 'none');
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
