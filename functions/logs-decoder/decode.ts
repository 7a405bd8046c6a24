import { type Casualty, sendDeadLetters } from '../../shared/delivery/dead-letters.ts';
import type { Delivery } from '../../shared/delivery/destination.ts';
import { firehose } from '../../shared/delivery/firehose.ts';
import { keepingBack } from '../../shared/delivery/put-all.ts';
import { type Item, type Settled, settle } from '../../shared/delivery/settle.ts';
import { json } from '../../shared/formats/index.ts';
import { compilePipeline, type Pipeline } from '../../shared/pipeline/compile.ts';
import type { PipelineDefinition } from '../../shared/pipeline/definition.ts';
import { now } from '../../shared/platform/clock.ts';
import type { Deadline } from '../../shared/platform/deadline.ts';
import type { LogsOrigin } from '../../shared/record/dead-letter.ts';
import type { Failure } from '../../shared/record/failure.ts';
import { asMessage, decodeLogs, dropOwnLogGroups, wholeMessage } from '../../shared/sources/cloudwatch-logs.ts';
import { openReplayed } from './replayed.ts';
import { type DecoderAnswer, report } from './report.ts';

export type Decoder = (event: unknown, deadline: Deadline, requestId: string) => Promise<DecoderAnswer>;

/** Log events could neither be delivered nor kept as dead letters: the invocation fails, so that it is tried again. */
export class UndeliveredError extends Error {
  override readonly name = 'UndeliveredError';
}

/** Kept back of the time for dead letters: ten seconds, or a fifth where the whole is short. */
const FOR_DEAD_LETTERS_MS = 10_000;
const FOR_DEAD_LETTERS_SHARE = 0.2;

/** Share of the time that is kept back from the pipeline. */
const FOR_DELIVERY = 0.4;

/** Where a message as a whole came from, as far as can be told when it can't be read. */
const UNREAD: LogsOrigin = { kind: 'logs', logGroup: '', logStream: '', eventId: '' };

/**
 * Compiles the pipeline, once. Its input takes messages apart, its steps then see one log event at a time. Events that
 * can't be delivered go to the dead-letter queue, each as the message that held it alone.
 */
export function createDecoder(definition: PipelineDefinition, ownLogGroups: readonly string[]): Decoder {
  const guard = dropOwnLogGroups(ownLogGroups);
  const pipeline = compilePipeline({ ...definition, input: json(), steps: [guard, ...definition.steps] });
  const delivery = definition.consumer?.deliver ?? firehose();
  return async (event, deadline, requestId) => {
    const started = performance.now();
    const replayed = await openReplayed(event, deadline);
    if (replayed.wasDecoded) return report({ pipeline: pipeline.name, items: [], settled: [], started });
    const items = await run(event, requestId, definition, pipeline, deadline);
    const settled = await deliver(items, pipeline.name, delivery, deadline);
    const ended = await giveUp(items, settled, requestId, pipeline.name, deadline);
    const answer = report({ pipeline: pipeline.name, items, settled: ended, started });
    const undelivered = ended.filter(({ kind }) => kind === 'retry').length;
    if (undelivered > 0) throw new UndeliveredError(`${undelivered} log events are neither delivered nor kept.`);
    await replayed.note();
    return answer;
  };
}

/** The message's events with their outcomes; one item for the whole message where it is dropped or can't be read. */
async function run(
  event: unknown,
  requestId: string,
  definition: PipelineDefinition,
  pipeline: Pipeline,
  deadline: Deadline,
): Promise<readonly Item[]> {
  const batch = decodeLogs(event, definition.input);
  if (batch.kind !== 'batch') {
    return [{ record: { id: requestId, data: wholeMessage(event) }, outcome: batch, unit: 0 }];
  }
  await pipeline.load();
  const reserve = deadline.remainingMs() * FOR_DELIVERY;
  const outOfTime = () => deadline.remainingMs() < reserve;
  const outcomes = await pipeline.run(batch.records, { now: now(), outOfTime });
  return batch.records.map((record, unit) => ({ record, outcome: outcomes[unit]!, unit }));
}

/** Delivers what is ok. What failed in the pipeline stays as it is: `giveUp` sees to it. */
async function deliver(
  items: readonly Item[],
  pipeline: string,
  delivery: Delivery,
  deadline: Deadline,
): Promise<readonly Settled[]> {
  const passed = items.filter(({ outcome }) => outcome.kind !== 'failed');
  const reserve = Math.min(FOR_DEAD_LETTERS_MS, deadline.remainingMs() * FOR_DEAD_LETTERS_SHARE);
  const settled = await settle(passed, {
    pipeline,
    delivery,
    join: true,
    deadline: keepingBack(deadline, reserve),
    originOf: () => UNREAD,
    attempt: 1,
  });
  let next = 0;
  return items.map(({ outcome }) =>
    outcome.kind === 'failed' ? { kind: 'retry', failure: outcome.failure } : settled[next++]!,
  );
}

/** Keeps what is not delivered as dead letters. */
async function giveUp(
  items: readonly Item[],
  settled: readonly Settled[],
  requestId: string,
  pipeline: string,
  deadline: Deadline,
): Promise<readonly Settled[]> {
  const left = settled.flatMap((end, index) => (end.kind === 'retry' ? [{ index, failure: end.failure }] : []));
  const casualties = left.map(({ index, failure }) => casualtyOf(items[index]!, failure, requestId));
  const answers = await sendDeadLetters(casualties, pipeline, { deadline });
  const ended = [...settled];
  left.forEach(({ index, failure }, i) => {
    const answer = answers[i]!;
    ended[index] =
      answer.kind === 'failed' ? { kind: 'retry', failure: answer.failure } : { kind: 'dead-lettered', failure };
  });
  return ended;
}

/** A failed message is kept as it came, a failed event as the message that held it alone: both can be decoded again. */
function casualtyOf({ record, outcome }: Item, failure: Failure, requestId: string): Casualty {
  if (record.id === requestId) return { record, origin: UNREAD, failure, attempt: 1 };
  const { data, origin } = asMessage(record.data);
  const id = `${requestId}:${record.id}`;
  return { record: { id, data }, origin, failure: outcome.kind === 'failed' ? outcome.failure : failure, attempt: 1 };
}
