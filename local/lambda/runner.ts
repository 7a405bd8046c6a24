/** Runs one function: leases a process, hands it the event, keeps the figures, writes Lambda's own log lines. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Faults, FunctionFigures, InvokeResult } from '../account/contracts.ts';
import type { FunctionDefinition } from './definition.ts';
import { createDurations } from './durations.ts';
import { environmentOf } from './environment.ts';
import { type Failure, rejected } from './failures.ts';
import { createPool, type Lease } from './pool.ts';
import { endLine, initStartLine, type Report, reportEvent, reportLine, startEvent, startLine } from './report.ts';
import { type InjectedFault, type RunResult, type Sandbox, startSandbox } from './sandbox.ts';

export interface RunnerOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly region: string;
  readonly endpoint: () => string;
  /** How many processes there may be at once. */
  readonly processes: number;
  readonly line: (line: LogLine) => void;
}

/** A line in a function's log stream. */
export interface LogLine {
  readonly functionName: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly text: string;
  readonly requestId: string | undefined;
}

export interface Runner {
  readonly definition: FunctionDefinition;
  /** Never rejects for what the function did. */
  invoke(payload: string, requestId?: string): Promise<InvokeResult>;
  running(): number;
  figures(): FunctionFigures;
  retire(): void;
  stop(): Promise<void>;
}

/** What survives an update of the function. */
export interface Tally {
  invocations: number;
  errors: number;
  coldStarts: number;
  peakMemoryKib: number;
  /** Injected crashes: one dies before it works, the next after it worked. */
  crashes: number;
  readonly durations: ReturnType<typeof createDurations>;
}

export function createTally(): Tally {
  const durations = createDurations();
  return { invocations: 0, errors: 0, coldStarts: 0, peakMemoryKib: 0, crashes: 0, durations };
}

export function createRunner(definition: FunctionDefinition, tally: Tally, options: RunnerOptions): Runner {
  const most = Math.min(options.processes, definition.reserved ?? options.processes);
  const pool = createPool(most, start);
  const streams = new WeakMap<Sandbox, string>();
  let running = 0;

  function write(logStream: string, text: string, requestId: string | undefined): void {
    options.line({ functionName: definition.name, logGroup: definition.logGroup, logStream, text, requestId });
  }

  async function start(): Promise<Sandbox> {
    const logStream = streamName(options.clock.now());
    if (!definition.jsonLogs) write(logStream, initStartLine(options.region), undefined);
    const path = process.env.PATH ?? '';
    const around = { region: options.region, endpoint: options.endpoint(), logStream, path };
    const sandbox = await startSandbox({
      clock: options.clock,
      memoryMb: definition.memoryMb,
      timeoutMs: definition.timeoutMs,
      directory: definition.code.directory,
      compiled: definition.code.compiled,
      environment: environmentOf(definition, around),
      line: (text, requestId) => write(logStream, text, requestId),
    });
    streams.set(sandbox, logStream);
    return sandbox;
  }

  function faultOf(payload: string): InjectedFault {
    const fault = options.faults.invoke?.(definition.name, payload);
    if (fault !== 'crash') return fault;
    tally.crashes += 1;
    return tally.crashes % 2 === 1 ? 'crash-at-start' : 'crash-at-answer';
  }

  async function runLeased(lease: Lease, payload: string, requestId: string): Promise<InvokeResult> {
    const { sandbox, cold } = lease;
    const logStream = streams.get(sandbox) as string;
    const begin = definition.jsonLogs ? startEvent(options.clock.now(), requestId) : startLine(requestId);
    write(logStream, begin, requestId);
    const began = { real: performance.now(), clock: options.clock.now() };
    const traceId = traceOf(options.clock.now());
    const invocation = { requestId, event: payload, functionArn: definition.arn, traceId };
    const result = await sandbox.run(invocation, faultOf(payload));
    const failure = 'failure' in result ? result.failure : undefined;
    const report: Report = {
      requestId,
      durationMs: elapsedMs(sandbox, began, options.clock.now()),
      initMs: cold && sandbox.readyAt() > 0 ? sandbox.initMs() : undefined,
      memoryMb: definition.memoryMb,
      peakMemoryMb: Math.ceil(sandbox.peakMemoryKib() / 1024),
      failure,
    };
    count(tally, report, cold);
    finish(logStream, report);
    return resultOf(result, requestId, report.durationMs);
  }

  function finish(logStream: string, report: Report): void {
    const { requestId, failure } = report;
    if (failure?.line !== undefined) write(logStream, failure.line, requestId);
    const time = options.clock.now();
    const lines = definition.jsonLogs ? [reportEvent(time, report)] : [endLine(requestId), reportLine(report)];
    for (const text of lines) write(logStream, text, requestId);
  }

  return {
    definition,
    async invoke(payload, requestId = randomUUID()) {
      running += 1;
      try {
        const lease = await pool.lease();
        try {
          return await runLeased(lease, payload, requestId);
        } finally {
          pool.release(lease);
        }
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        return refuse(rejected('ServiceException', reason), requestId);
      } finally {
        running -= 1;
      }
    },
    running: () => running,
    figures: () => ({
      name: definition.name,
      invocations: tally.invocations,
      errors: tally.errors,
      coldStarts: tally.coldStarts,
      p50Ms: tally.durations.quantile(0.5),
      p99Ms: tally.durations.quantile(0.99),
      peakMemoryMb: Math.ceil(tally.peakMemoryKib / 1024),
    }),
    retire: pool.retire,
    stop: pool.stop,
  };
}

/** An invocation that never started. */
export function refuse(failure: Failure, requestId: string): InvokeResult {
  return { requestId, payload: failure.payload, cause: failure.cause, durationMs: 0, executedVersion: '$LATEST' };
}

function resultOf(result: RunResult, requestId: string, durationMs: number): InvokeResult {
  const base = { requestId, durationMs, executedVersion: '$LATEST' };
  if ('payload' in result) return { ...base, payload: result.payload };
  return { ...base, payload: result.failure.payload, functionError: 'Unhandled', cause: result.failure.cause };
}

function count(tally: Tally, report: Report, cold: boolean): void {
  tally.invocations += 1;
  if (report.failure !== undefined) tally.errors += 1;
  if (cold) tally.coldStarts += 1;
  tally.durations.add(report.durationMs);
  tally.peakMemoryKib = Math.max(tally.peakMemoryKib, report.peakMemoryMb * 1024);
}

/** Without init. Where the clock was pushed ahead meanwhile, the invocation took that long. */
function elapsedMs(sandbox: Sandbox, began: { real: number; clock: number }, now: number): number {
  const real = performance.now() - Math.max(began.real, sandbox.readyAt());
  const init = Math.max(sandbox.readyAt() - began.real, 0);
  return Math.max(real, now - began.clock - init, 0.01);
}

/** `2026/11/08/[$LATEST]…`: one log stream a process. */
function streamName(now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
}

function traceOf(now: number): string {
  const seconds = Math.floor(now / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
