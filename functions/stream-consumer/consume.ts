import type { Delivery } from '../../shared/delivery/destination.ts';
import { firehose } from '../../shared/delivery/firehose.ts';
import { type Item, type Settled, settle } from '../../shared/delivery/settle.ts';
import { compilePipeline, type Pipeline } from '../../shared/pipeline/compile.ts';
import type { PipelineDefinition } from '../../shared/pipeline/definition.ts';
import { now } from '../../shared/platform/clock.ts';
import type { Deadline } from '../../shared/platform/deadline.ts';
import { logger } from '../../shared/platform/logger.ts';
import { SettingError } from '../../shared/platform/settings.ts';
import type { Origin } from '../../shared/record/dead-letter.ts';
import type { Outcome } from '../../shared/record/outcome.ts';
import type { StreamRecord } from '../../shared/record/record.ts';
import {
  decodeKinesis,
  type KinesisBatch,
  type KinesisBatchResponse,
  respondKinesis,
} from '../../shared/sources/kinesis.ts';
import { createAttempts } from './attempts.ts';
import { openDone } from './done.ts';
import { report } from './report.ts';

/** Takes one event of the mapping and answers it. Rejects for an event of another kind only. */
export type Consumer = (event: unknown, deadline: Deadline) => Promise<KinesisBatchResponse>;

/** Of the time that is left, what the pipeline may not use: the rest is for delivering. */
const FOR_DELIVERY = 0.4;

/** Compiles the pipeline, once; the consumer then takes any number of events. */
export function createConsumer(definition: PipelineDefinition): Consumer {
  const pipeline = compilePipeline(definition, { steps: 'consumer' });
  const delivery: Delivery = definition.consumer?.deliver ?? firehose();
  const attempts = createAttempts();

  return async (event, deadline) => {
    const started = performance.now();
    const batch = decodeKinesis(event);
    const attempt = attempts.of(batch);
    const done = await openDone(pipeline.name, batch, deadline);
    const indices = [...batch.arrivals.keys()].filter((index) => !done.wasDone(index));
    const items = await run(pipeline, batch, indices, deadline);
    const settled = await settle(items, {
      pipeline: pipeline.name,
      delivery,
      join: joinsSafely(definition),
      claims: deliversJson(definition),
      deadline,
      attempt,
      originOf: (record) => originOf(batch, record),
      onDelivered: (delivered) => done.note(delivered.map((item) => indices[item]!)),
    });
    done.note(indices.filter((_, item) => isDone(settled[item]!) && settled[item]!.kind !== 'delivered'));
    const durable = await done.flush();
    const response = respondKinesis(batch, notDone(items, settled));
    attempts.answered(batch, response);
    report({
      pipeline: pipeline.name,
      delivery,
      batch,
      items,
      settled,
      durable,
      tableError: done.error,
      attempt,
      started,
      response,
    });
    return response;
  };
}

/** Runs the pipeline over what the source could read. */
async function run(
  pipeline: Pipeline,
  batch: KinesisBatch,
  indices: readonly number[],
  deadline: Deadline,
): Promise<readonly Item[]> {
  const arrivals = indices.map((index) => batch.arrivals[index]!);
  const readable = arrivals.filter(({ failure }) => failure === undefined);
  const reserve = deadline.remainingMs() * FOR_DELIVERY;
  await pipeline.load().catch((error: unknown) => {
    logger.error('Pipeline not loaded', { pipeline: pipeline.name, reason: loadFailure(error) });
  });
  const outcomes = await pipeline.run(
    readable.map(({ record }) => record),
    { now: now(), outOfTime: () => deadline.remainingMs() < reserve },
  );
  let next = 0;
  return arrivals.map(({ record, unit, failure }): Item => {
    const outcome: Outcome = failure ?? outcomes[next++]!;
    return { record, unit, outcome };
  });
}

/** A setting's error says what is missing; any other may quote what was read. */
function loadFailure(error: unknown): string {
  return error instanceof SettingError ? error.message : error instanceof Error ? error.name : 'unknown';
}

/** One record of a delivery stream gets one set of keys: those of the transform, where there is one behind. */
function joinsSafely({ consumer, partition, iceberg }: PipelineDefinition): boolean {
  return consumer?.admit === undefined || (partition === undefined && iceberg === undefined);
}

const JSON_FORMAT = /^(json|ndjson|jsonOr\(.*\))$/;

/** Admitted records leave as they came; others in the pipeline's output format. */
function deliversJson({ consumer, input, output }: PipelineDefinition): boolean {
  return JSON_FORMAT.test(consumer?.admit === undefined ? output.name : input.name);
}

function originOf({ streamArn }: KinesisBatch, { position }: StreamRecord): Origin {
  const { shardId = '', sequenceNumber = '', subsequenceNumber, partitionKey = '' } = position ?? {};
  const origin = { kind: 'kinesis', streamArn, shardId, sequenceNumber, partitionKey } as const;
  return subsequenceNumber === undefined ? origin : { ...origin, subsequenceNumber };
}

function notDone(items: readonly Item[], settled: readonly Settled[]): readonly number[] {
  return items.flatMap(({ unit }, index) => (isDone(settled[index]!) ? [] : [unit]));
}

function isDone({ kind }: Settled): boolean {
  return kind !== 'retry';
}
