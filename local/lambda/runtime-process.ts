/** A process that holds a function's code: its Runtime API, its output, its memory, its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { residentKib } from './memory.ts';
import { createOutput } from './output.ts';
import { type Answer, type Handed, openRuntimeApi } from './runtime-api.ts';

export interface ProcessOptions {
  readonly memoryMb: number;
  readonly directory: string;
  /** Where what V8 made of the modules is kept for the next process. */
  readonly compiled?: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** A line that the process wrote. */
  readonly line: (text: string) => void;
}

type KillReason = 'memory' | 'timeout' | 'fault' | 'stop';

/** How the process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly killedFor: KillReason | undefined;
  /** What it posted as its init error. */
  readonly initError: string | undefined;
  /** V8 found no more room in its heap. */
  readonly heapExhausted: boolean;
}

export interface RuntimeProcess {
  /** The runtime asked for work. */
  readonly ready: Promise<void>;
  /** The process is gone and its output is read. */
  readonly ended: Promise<Exit>;
  /** Hands an invocation over; resolves with the answer, once all output of the invocation is read. */
  hand(invocation: Handed): Promise<Answer>;
  /** What the runtime answered to the invocation it was last handed, if it did. */
  lastAnswer(): Answer | undefined;
  alive(): boolean;
  initMs(): number;
  /** When the runtime first asked for work, on `performance`'s clock; 0 until then. */
  readyAt(): number;
  peakMemoryKib(): number;
  checkMemory(): void;
  kill(reason: KillReason): void;
}

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.cjs', import.meta.url));
/** For a process that closed its own standard output: nothing will mark the end of it. */
const SEAL_WAIT_MS = 1000;
/** The share of the memory that V8's old generation may fill, as on AWS; the rest is for buffers and code. */
const HEAP_SHARE = 0.9;

export async function startProcess(options: ProcessOptions): Promise<RuntimeProcess> {
  const began = performance.now();
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Exit>();
  let answer = Promise.withResolvers<Answer>();
  let sealed = Promise.withResolvers<void>();
  let last: Answer | undefined;
  let alive = true;
  let readyAt = 0;
  let peakKib = 0;
  let initError: string | undefined;
  let killedFor: KillReason | undefined;
  let heapExhausted = false;

  const api = await openRuntimeApi({
    ready() {
      readyAt = performance.now();
      ready.resolve();
    },
    initError: (payload) => {
      initError = payload;
    },
    answer(_id, given) {
      last = given;
      answer.resolve(given);
    },
    ending: () => {
      alive = false;
    },
    memory: (kib) => {
      peakKib = Math.max(peakKib, kib);
    },
  });
  const child = spawnRuntime(options, api.address);
  readOutput(child, {
    line(text) {
      if (text.includes('heap out of memory')) heapExhausted = true;
      options.line(text);
    },
    sealed: () => sealed.resolve(),
    closed(code, signal) {
      alive = false;
      api.close();
      ended.resolve({ code, signal, killedFor, initError, heapExhausted });
    },
  });

  function kill(reason: KillReason): void {
    killedFor ??= reason;
    alive = false;
    child.kill('SIGKILL');
  }

  return {
    ready: ready.promise,
    ended: ended.promise,
    async hand(invocation) {
      answer = Promise.withResolvers();
      sealed = Promise.withResolvers();
      last = undefined;
      api.hand(invocation);
      const given = await answer.promise;
      const unsealed = setTimeout(sealed.resolve, SEAL_WAIT_MS);
      await sealed.promise;
      clearTimeout(unsealed);
      return given;
    },
    lastAnswer: () => last,
    alive: () => alive,
    initMs: () => (readyAt === 0 ? 0 : readyAt - began),
    readyAt: () => readyAt,
    peakMemoryKib: () => peakKib,
    checkMemory() {
      const kib = child.pid === undefined ? undefined : residentKib(child.pid);
      if (kib === undefined) return;
      peakKib = Math.max(peakKib, kib);
      if (kib > options.memoryMb * 1024) kill('memory');
    },
    kill,
  };
}

interface OutputListener {
  line(text: string): void;
  sealed(): void;
  closed(code: number | null, signal: NodeJS.Signals | null): void;
}

/** Standard error holds only what V8 says as it dies: the bootstrap sends the rest to standard output. */
function readOutput(child: ChildProcess, listener: OutputListener): void {
  const outputs = [
    { stream: child.stdout, output: createOutput(listener.line, listener.sealed) },
    { stream: child.stderr, output: createOutput(listener.line, () => {}) },
  ];
  for (const { stream, output } of outputs) stream?.on('data', (chunk: Buffer) => output.write(chunk));
  let closed = false;
  const close = (code: number | null, signal: NodeJS.Signals | null): void => {
    if (closed) return;
    closed = true;
    for (const { output } of outputs) output.end();
    listener.closed(code, signal);
  };
  child.on('close', close);
  child.on('error', (error) => {
    listener.line(`The runtime's process could not be started: ${error.message}`);
    close(1, null);
  });
}

function spawnRuntime(options: ProcessOptions, address: string): ChildProcess {
  const kept = options.compiled === undefined ? [] : [options.compiled];
  const heapMb = Math.floor(options.memoryMb * HEAP_SHARE);
  return spawn(process.execPath, [`--max-old-space-size=${heapMb}`, BOOTSTRAP, ...kept], {
    cwd: options.directory,
    env: { ...options.environment, AWS_LAMBDA_RUNTIME_API: address },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
