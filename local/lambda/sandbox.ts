/** One execution environment: it runs one invocation at a time, within its time and memory. */
import type { Clock } from '../account/contracts.ts';
import { startDeadline } from './deadline.ts';
import { exited, type Failure, outOfMemory, reportedFailure, responseTooLarge, timedOut } from './failures.ts';
import { LAMBDA } from './limits.ts';
import type { Answer, Handed } from './runtime-api.ts';
import { type Exit, type ProcessOptions, type RuntimeProcess, startProcess } from './runtime-process.ts';

export interface SandboxOptions extends Omit<ProcessOptions, 'line'> {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** A line that the process wrote, and the invocation it belongs to. */
  readonly line: (text: string, requestId: string | undefined) => void;
}

/** What goes wrong on purpose: the process dies as it starts or as it answers, or answers late. */
export type InjectedFault = 'crash-at-start' | 'crash-at-answer' | { readonly delayMs: number } | undefined;

/** As the runner knows it; its time is set as it begins. */
type Invocation = Omit<Handed, 'deadlineMs' | 'aheadMs'>;

export type RunResult = { readonly payload: string } | { readonly failure: Failure };

export interface Sandbox {
  run(invocation: Invocation, fault: InjectedFault): Promise<RunResult>;
  /** False once the process has ended, or is to end. */
  alive(): boolean;
  /** From the start of the process to its first request for work. */
  initMs(): number;
  /** When init was over, on `performance`'s clock; 0 until then. */
  readyAt(): number;
  peakMemoryKib(): number;
  /** Resolves when the process is gone and its output is read. */
  stop(): Promise<void>;
}

const MEMORY_CHECK_MS = 50;

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  let requestId: string | undefined;
  const runtime = await startProcess({ ...options, line: (text) => options.line(text, requestId) });
  // Waited for anew by each invocation: a reaction to `ended` itself would keep the invocation's answer as long as the process.
  let told: ((exit: { exit: Exit }) => void) | undefined;
  void runtime.ended.then((exit) => told?.({ exit }));

  async function run(invocation: Invocation, fault: InjectedFault): Promise<RunResult> {
    requestId = invocation.requestId;
    const cancel = startClocks(runtime, options);
    const watch = setInterval(runtime.checkMemory, MEMORY_CHECK_MS);
    try {
      const exit = new Promise<{ exit: Exit }>((resolve) => {
        told = resolve;
        if (!runtime.alive()) void runtime.ended.then((how) => resolve({ exit: how }));
      });
      const result = await attempt(runtime, exit, options, invocation, fault);
      return 'exit' in result ? { failure: explain(result.exit, requestId, options.timeoutMs) } : read(result.answer);
    } finally {
      cancel();
      clearInterval(watch);
      told = undefined;
      runtime.checkMemory();
      requestId = undefined;
    }
  }

  return {
    run,
    alive: runtime.alive,
    initMs: runtime.initMs,
    readyAt: runtime.readyAt,
    peakMemoryKib: runtime.peakMemoryKib,
    async stop() {
      runtime.kill('stop');
      await runtime.ended;
    },
  };
}

/** The function's time begins when init is over, or when init has used up its own. */
function startClocks(runtime: RuntimeProcess, options: SandboxOptions): () => void {
  const late = (): void => runtime.kill('timeout');
  if (runtime.initMs() > 0) return startDeadline(options.clock, options.timeoutMs, late);
  let finished = false;
  let cancel = startDeadline(options.clock, LAMBDA.initMs + options.timeoutMs, late);
  void runtime.ready.then(() => {
    cancel();
    if (!finished) cancel = startDeadline(options.clock, options.timeoutMs, late);
  });
  return () => {
    finished = true;
    cancel();
  };
}

async function attempt(
  runtime: RuntimeProcess,
  exit: Promise<{ exit: Exit }>,
  options: SandboxOptions,
  invocation: Invocation,
  fault: InjectedFault,
): Promise<{ exit: Exit } | { answer: Answer }> {
  const isReady = runtime.initMs() > 0;
  // What dies before it works need not be ready for it.
  if (fault === 'crash-at-start' && !isReady) runtime.kill('fault');
  const ready = isReady ? undefined : await Promise.race([runtime.ready, exit]);
  if (ready !== undefined) return ready;
  const answer = runtime.hand({ ...invocation, ...timesOf(options) });
  if (fault === 'crash-at-start') runtime.kill('fault');
  const first = await Promise.race([answer.then((given) => ({ answer: given })), exit]);
  if (fault === 'crash-at-answer') runtime.kill('fault');
  if (typeof fault === 'object') await Promise.race([options.clock.sleep(fault.delayMs), exit]);
  if (runtime.alive()) return first;
  const end = await exit;
  // A process that ends by itself after it answered (an uncaught exception, say) has answered all the same.
  const given = end.exit.killedFor === undefined ? runtime.lastAnswer() : undefined;
  return given === undefined ? end : { answer: given };
}

/** Below this the clocks are taken to agree. */
const LEAST_AHEAD_MS = 1000;

function timesOf({ clock, timeoutMs }: SandboxOptions): Pick<Handed, 'deadlineMs' | 'aheadMs'> {
  const ahead = Math.round(clock.now() - Date.now());
  const aheadMs = Math.abs(ahead) < LEAST_AHEAD_MS ? 0 : ahead;
  return { deadlineMs: Date.now() + aheadMs + timeoutMs, aheadMs };
}

function explain(exit: Exit, requestId: string, timeoutMs: number): Failure {
  if (exit.killedFor === 'timeout') return timedOut(requestId, timeoutMs);
  if (exit.killedFor === 'memory') return outOfMemory(requestId);
  if (exit.initError !== undefined) return reportedFailure(exit.initError);
  return exited(requestId, exit.code, exit.signal, exit.heapExhausted);
}

function read(answer: Answer): RunResult {
  if (answer.kind === 'response') return { payload: answer.payload };
  if (answer.kind === 'error') return { failure: reportedFailure(answer.payload) };
  return { failure: responseTooLarge(answer.bytes, LAMBDA.responseBytes) };
}
