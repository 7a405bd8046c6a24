import { createTape, type JsonDocument, readDocuments, readSingle, rewind, type Tape } from '../json/index.ts';
import { permanent, transient } from '../record/failure.ts';
import { OneText } from '../record/format.ts';
import { type Dropped, type Failed, failed, type Outcome } from '../record/outcome.ts';
import { type StreamRecord, UnreadableRecordError } from '../record/record.ts';
import type { StepContext } from '../record/step.ts';
import { Item, ItemContext, within } from './item.ts';
import { leave } from './leave.ts';
import type { BoundStep, Plan } from './plan.ts';

interface RunOptions {
  /** Epoch milliseconds at the start of the invocation. */
  readonly now: number;
  /** True when no more work may be begun: the records left are answered `OutOfTime`, retryable. */
  readonly outOfTime?: () => boolean;
}

/** Runs a batch: one Outcome for each record, in order. Never rejects for what the records are. */
export interface Run {
  (records: readonly StreamRecord[], options: RunOptions): Promise<readonly Outcome[]>;
  /** The same, with each outcome turned at once into what the caller keeps of it. */
  <End>(records: readonly StreamRecord[], options: RunOptions, end: (outcome: Outcome) => End): Promise<readonly End[]>;
}

/** The clock is asked once in so many bytes of records. */
const BYTES_BETWEEN_CLOCKS = 32 * 1024;

let batches = 0;

interface Batch {
  readonly now: number;
  readonly number: number;
  readonly outOfTime: RunOptions['outOfTime'];
}

export function createRunner(plan: Plan, load: () => Promise<void>): Run {
  const tape = createTape();
  const needsLoad = plan.steps.some((step) => step.compiled.load !== undefined);
  const refreshing = plan.steps.filter((step) => step.compiled.refresh !== undefined);
  const together = plan.steps.some((step) => step.compiled.prepare !== undefined);
  return async <End>(
    records: readonly StreamRecord[],
    options: RunOptions,
    end: (outcome: Outcome) => End = asItIs<End>,
  ) => {
    const batch: Batch = { now: options.now, number: ++batches, outOfTime: options.outOfTime };
    if (needsLoad) {
      try {
        await load();
      } catch {
        const failure = transient('NotLoaded', 'source', 'keys or reference data could not be loaded');
        return records.map(() => end(failed(failure)));
      }
    }
    for (const step of refreshing) {
      try {
        await step.compiled.refresh!();
      } catch {
        const failure = transient('StepFailed', step.stage, `${step.name} could not refresh`);
        return records.map(() => end(failed(failure)));
      }
    }
    return together ? runTogether(plan, records, batch, end) : runEach(plan, tape, records, batch, end);
  };
}

function asItIs<End>(outcome: Outcome): End {
  return outcome as End;
}

/** Each record by itself, in one synchronous pass: the tape is used again for every record. */
function runEach<End>(
  plan: Plan,
  tape: Tape,
  records: readonly StreamRecord[],
  batch: Batch,
  end: (outcome: Outcome) => End,
): End[] {
  const ends = new Array<End>(records.length);
  const single: JsonDocument[] = [];
  const late = clockOf(batch);
  let bytes = 0;
  for (let index = 0; index < records.length; index++) {
    if (late(bytes)) ends[index] = end(outOfTime());
    else {
      rewind(tape);
      const item = open(plan, records[index]!, tape, batch, single);
      bytes = item.bytes;
      if (item.outcome === undefined) applySteps(plan.steps, item);
      ends[index] = end(item.outcome ?? leave(plan, item));
    }
  }
  return ends;
}

/** All records step group by step group, since a step wants to see the batch before it works on its first document. */
async function runTogether<End>(
  plan: Plan,
  records: readonly StreamRecord[],
  batch: Batch,
  end: (outcome: Outcome) => End,
): Promise<End[]> {
  const tape = createTape();
  const late = clockOf(batch);
  let bytes = 0;
  const items = records.map((record) => {
    const item = late(bytes) ? ended(record, outOfTime(), batch) : open(plan, record, tape, batch, []);
    bytes = item.bytes;
    return item;
  });
  for (const group of groupsOf(plan.steps)) {
    await prepare(group[0]!, items);
    for (const item of items) {
      if (!goesOn(item)) continue;
      if (late(item.bytes)) item.outcome = outOfTime();
      else applySteps(group, item);
    }
  }
  return items.map((item) => end(item.outcome ?? leave(plan, item)));
}

/** The steps cut before each one that prepares. */
function groupsOf(steps: readonly BoundStep[]): BoundStep[][] {
  const groups: BoundStep[][] = [];
  for (const step of steps) {
    if (groups.length === 0 || step.compiled.prepare !== undefined) groups.push([step]);
    else groups.at(-1)!.push(step);
  }
  return groups;
}

async function prepare(step: BoundStep, items: readonly Item[]): Promise<void> {
  if (step.compiled.prepare === undefined) return;
  const going = items.filter(goesOn);
  const documents = going.flatMap((item) => item.documents.filter((_, index) => item.out?.[index] === undefined));
  if (documents.length === 0) return;
  try {
    await step.compiled.prepare(documents);
  } catch {
    const failure = transient('StepFailed', step.stage, `${step.name} could not prepare`);
    for (const item of going) item.outcome = failed(failure);
  }
}

/** Whether a step may still have something to do with the record. */
function goesOn({ outcome, documents, out }: Item): boolean {
  return outcome === undefined && (out === undefined || documents.some((_, index) => out[index] === undefined));
}

/** Tells whether it is late, so many bytes of records after it was last asked. Looks at the clock only now and then. */
function clockOf({ outOfTime }: Batch): (bytes: number) => boolean {
  if (outOfTime === undefined) return () => false;
  let left = 0;
  let late = false;
  return (bytes) => {
    left -= bytes + 256;
    if (late || left > 0) return late;
    left = BYTES_BETWEEN_CLOCKS;
    late = outOfTime();
    return late;
  };
}

function outOfTime(): Failed {
  return failed(transient('OutOfTime', 'source', 'the invocation had no time left for the record'));
}

function ended(record: StreamRecord, outcome: Outcome, batch: Batch): Item {
  return new Item(new ItemContext(record, batch.now, batch.number), 0, NONE, outcome);
}

/** Reads the record's documents: one that is alone into `single`, which may be used again for the next record. */
function open(plan: Plan, record: StreamRecord, tape: Tape, batch: Batch, single: JsonDocument[]): Item {
  const context = new ItemContext(record, batch.now, batch.number);
  const { input } = plan.definition;
  let bytes = 0;
  try {
    const { data } = record;
    bytes = data.length;
    const decoded = input.decode(data);
    if (decoded.kind !== 'documents') return new Item(context, bytes, NONE, decoded);
    const text = decoded instanceof OneText ? decoded.text : decoded.texts.length === 1 ? decoded.texts[0]! : undefined;
    const document = text === undefined ? undefined : readSingle(text, tape);
    if (document !== undefined) {
      single[0] = document;
      return new Item(context, bytes, single, undefined);
    }
    const documents: JsonDocument[] = [];
    return new Item(context, bytes, documents, readAll(decoded.texts, tape, documents));
  } catch (error) {
    const unread = permanent('DecodeFailed', 'decode', `${input.name} could not read the record`);
    const outcome = failed(error instanceof UnreadableRecordError ? error.failure : unread);
    return new Item(context, bytes, NONE, outcome);
  }
}

const NONE: readonly JsonDocument[] = [];

function readAll(texts: readonly string[], tape: Tape, documents: JsonDocument[]): Failed | undefined {
  for (const text of texts) {
    const failure = readDocuments(text, tape, documents);
    if (failure !== undefined) return failed(failure);
  }
  return documents.length === 0
    ? failed(permanent('EmptyRecord', 'decode', 'the record holds no document'))
    : undefined;
}

/** Runs steps on the documents that are still in. Ends the record at its first failure. */
function applySteps(steps: readonly BoundStep[], item: Item): void {
  const { documents } = item;
  for (let index = 0; index < documents.length; index++) {
    if (item.out?.[index] !== undefined) continue;
    const result = applyTo(steps, documents[index]!, item.context);
    if (result === undefined) continue;
    if (result.kind === 'failed') {
      item.outcome = documents.length > 1 ? failed(within(result.failure, index)) : result;
      return;
    }
    item.out ??= new Array<Dropped | undefined>(documents.length).fill(undefined);
    item.out[index] = result;
  }
}

function applyTo(
  steps: readonly BoundStep[],
  document: JsonDocument,
  context: StepContext,
): Dropped | Failed | undefined {
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]!;
    try {
      const result = step.compiled.apply(document, context);
      if (result !== undefined) return result;
    } catch {
      // What was thrown may quote the document, so its text goes nowhere.
      return failed(permanent('StepFailed', step.stage, `${step.name} threw an error`));
    }
  }
  return undefined;
}
