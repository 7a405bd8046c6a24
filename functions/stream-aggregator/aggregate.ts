import type { AggregateDefinition } from '../../shared/aggregate/definition.ts';
import { itemOf } from '../../shared/aggregate/item.ts';
import { createCollector } from '../../shared/aggregate/row.ts';
import { aggregateFaults } from '../../shared/aggregate/validate.ts';
import {
  addRows,
  type EncodedState,
  encodeState,
  openState,
  readState,
  type Segment,
  segmentOf,
} from '../../shared/aggregate/window-state.ts';
import { writeItems } from '../../shared/aggregate/windows-table.ts';
import { compilePipeline, PipelineError } from '../../shared/pipeline/compile.ts';
import type { PipelineDefinition } from '../../shared/pipeline/definition.ts';
import type { Deadline } from '../../shared/platform/deadline.ts';
import { requiredSetting } from '../../shared/platform/settings.ts';
import type { Failure } from '../../shared/record/failure.ts';
import type { OutputFormat } from '../../shared/record/format.ts';
import { decodeKinesis, UnknownEventError } from '../../shared/sources/kinesis.ts';
import { namedByMasked, showsValues } from './labels.ts';
import { reportWindow } from './report.ts';

/** What Lambda is answered; without `state` it takes the batch for failed. */
export interface WindowResponse {
  readonly state: EncodedState | Record<string, never>;
  readonly batchItemFailures: readonly never[];
}

/** Takes one event of a mapping with TumblingWindowInSeconds. Rejects where the batch has to come again. */
export type Aggregator = (event: unknown, deadline: Deadline) => Promise<WindowResponse>;

/** Some record can be counted later only, and the state holds each record or not at all: the whole batch comes again. */
class NotCountedError extends Error {
  override readonly name = 'NotCountedError';
}

interface WindowEvent {
  readonly window: { readonly start: string; readonly end: string };
  readonly state: EncodedState | undefined;
  readonly shardId: string;
  /** The window ends: its results are to be stored. */
  readonly closes: boolean;
}

/** Nothing leaves the pipeline here: documents are read and let go. */
const NOTHING: OutputFormat = { name: 'nothing', encode: () => '' };

/** Compiles the pipeline and its aggregates, once. Throws a PipelineError with every fault. */
export function createAggregator(definition: PipelineDefinition): Aggregator {
  const aggregates = definition.aggregate ?? [];
  const faults = aggregates.length === 0 ? ['aggregate: there is none to count'] : aggregateFaults(aggregates);
  if (faults.length > 0) throw new PipelineError(definition.name, faults);
  const collector = createCollector(aggregates);
  const { partition: _, iceberg: __, consumer, ...rest } = definition;
  // Where the pipeline's masks come later, results must not show what they hide.
  const masks = consumer?.admit === undefined ? [] : definition.steps.filter(({ stage }) => stage === 'mask');
  const labels = masks.length > 0 && aggregates.some(showsValues) ? createCollector(aggregates) : undefined;
  const counting = [...(consumer?.admit ?? definition.steps), collector.step];
  const steps = labels === undefined ? counting : [...counting, ...masks, labels.step];
  const pipeline = compilePipeline({ ...rest, steps, output: NOTHING });

  return async (event, deadline) => {
    const { window, state: carried, shardId, closes } = windowOf(event);
    // The last call of a window can come without records.
    const { arrivals, duplicates } = decodeKinesis({ Records: [], ...(event as object) });
    const readable = arrivals.filter(({ failure }) => failure === undefined).map(({ record }) => record);
    const outcomes = await pipeline.run(readable, { now: Date.parse(window.start) });
    const failures = [
      ...arrivals.flatMap(({ failure }) => failure?.failure ?? []),
      ...outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? outcome.failure : [])),
    ];
    const state = openState(aggregates, carried);
    for (const [index, record] of readable.entries()) {
      const counted = collector.take(record);
      const rows = labels === undefined ? counted : namedByMasked(counted, labels.take(record), aggregates);
      if (outcomes[index]!.kind === 'ok') addRows(state, record.id, rows);
    }
    refuseRetryable(failures);
    const segments = closes && state.cells.size > 0 ? [...state.full, segmentOf(state)] : state.full;
    const provenance = { pipeline: pipeline.name, shardId, lambdaWindow: window.start };
    const items = await store(segments, provenance, aggregates, deadline);
    const response = { state: closes ? {} : encodeState(state), batchItemFailures: [] };
    reportWindow({ pipeline: pipeline.name, window, shardId, closes, duplicates, outcomes, failures, state, items });
    return response;
  };
}

function refuseRetryable(failures: readonly Failure[]): void {
  const retryable = failures.find((failure) => failure.retryable);
  if (retryable === undefined) return;
  throw new NotCountedError(`Records can't be counted yet (${retryable.code}): ${retryable.message}`);
}

/** Writes the cells to the table of the setting WINDOWS_TABLE. Gives how many. */
async function store(
  segments: readonly Segment[],
  at: { readonly pipeline: string; readonly shardId: string; readonly lambdaWindow: string },
  aggregates: readonly AggregateDefinition[],
  deadline: Deadline,
): Promise<number> {
  const items = segments.flatMap(({ from, cells }) =>
    cells.map((cell) =>
      itemOf(
        cell,
        { ...at, from },
        aggregates.find(({ name }) => name === cell.aggregate),
      ),
    ),
  );
  if (items.length === 0) return 0;
  await writeItems(requiredSetting('WINDOWS_TABLE', 'the table that results of windows go to'), items, deadline);
  return items.length;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html */
function windowOf(event: unknown): WindowEvent {
  const { window, state, shardId, isFinalInvokeForWindow, isWindowTerminatedEarly } = (event ?? {}) as Record<
    string,
    unknown
  >;
  const { start, end } = (window ?? {}) as Partial<WindowEvent['window']>;
  if (typeof start !== 'string' || typeof end !== 'string' || Number.isNaN(Date.parse(start))) {
    throw new UnknownEventError('The event has no window: the mapping needs TumblingWindowInSeconds.');
  }
  return {
    window: { start, end },
    state: readState(state),
    shardId: typeof shardId === 'string' ? shardId : '',
    closes: isFinalInvokeForWindow === true || isWindowTerminatedEarly === true,
  };
}
