/** The tumbling windows of one shard. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html */
import type { InvokeResult, StreamEntry } from '../account/contracts.ts';
import { parseResponse } from './answer.ts';
import type { Attempt, BatchRunner } from './batch-runner.ts';
import type { Discard } from './failure-document.ts';
import { MAPPING } from './limits.ts';
import { object } from './properties.ts';
import { type MappedRecord, type StreamOrigin, streamEvent, type WindowState } from './stream-event.ts';

export interface Windows {
  /** The start of the window that an entry belongs to, by its arrival. */
  startOf(entry: StreamEntry): number;
  /** The end of the window that is open. */
  openUntil(): number | undefined;
  /** Runs a batch, all of one window; a window before it is closed first. */
  run(records: readonly MappedRecord[]): Promise<void>;
  /** The final invocation of the window that is open. */
  close(): Promise<void>;
}

export interface WindowOptions {
  readonly origin: StreamOrigin;
  readonly lengthMs: number;
  readonly runner: BatchRunner;
  discard(discard: Discard): Promise<void>;
}

interface OpenWindow {
  readonly start: number;
  /** JSON text of an object. */
  state: string;
  readonly first: StreamEntry;
  last: StreamEntry;
  records: number;
}

const EMPTY_STATE = '{}';

export function createWindows(options: WindowOptions): Windows {
  const { origin, lengthMs, runner } = options;
  let open: OpenWindow | undefined;

  const startOf = (entry: StreamEntry): number => Math.floor(entry.arrival / lengthMs) * lengthMs;

  function eventWindow(window: OpenWindow, final: boolean, early: boolean): WindowState {
    return { start: window.start, end: window.start + lengthMs, state: window.state, final, early };
  }

  /** Takes the state of the records that succeeded; the answer must hold one. */
  function attemptOn(window: OpenWindow): Attempt {
    return {
      event: (records) => streamEvent(records, origin, eventWindow(window, false, false)),
      accept(result, done, records) {
        const state = stateOf(result);
        if (state === undefined) return false;
        if (done > 0 || records.length === 0) window.state = state;
        return true;
      },
    };
  }

  async function finish(window: OpenWindow, early: boolean): Promise<void> {
    const event = (): string => streamEvent([], origin, eventWindow(window, true, early));
    const accept = (result: InvokeResult): boolean => stateOf(result) !== undefined;
    const { done, invocations, result } = await runner.finish({ event, accept });
    if (done) return;
    const { first, last, records: batchSize } = window;
    const about = { first, last, batchSize, invocations, result, event: event() };
    await options.discard({ condition: 'RetryAttemptsExhausted', ...about });
  }

  async function close(): Promise<void> {
    if (open === undefined) return;
    await finish(open, false);
    open = undefined;
  }

  return {
    startOf,
    openUntil: () => (open === undefined ? undefined : open.start + lengthMs),
    close,
    async run(records) {
      const [first, last] = [records[0] as MappedRecord, records.at(-1) as MappedRecord];
      const start = startOf(first.entry);
      if (open !== undefined && open.start !== start) await close();
      open ??= { start, state: EMPTY_STATE, first: first.entry, last: last.entry, records: 0 };
      open.last = last.entry;
      open.records += records.length;
      const window = open;
      await runner.run(records, attemptOn(window));
      if (Buffer.byteLength(window.state) <= MAPPING.stateBytes) return;
      await finish(window, true);
      open = undefined;
    },
  };
}

function stateOf(result: InvokeResult): string | undefined {
  const state = object(object(parseResponse(result.payload))?.state);
  return state === undefined ? undefined : JSON.stringify(state);
}
