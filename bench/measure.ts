import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a process is to work on: batches of so many records of about so many bytes. */
export interface Load {
  readonly records: number;
  readonly bytes: number;
}

export interface Timing {
  readonly name: string;
  /** Microseconds of processor time a batch, all threads together (so that collecting garbage counts): the median process's median. */
  readonly median: number;
  /** Mean bytes of a record. */
  readonly recordBytes: number;
}

/** What is asked of a subject's process: to work on a load until the compiler has settled, or to take one sample of it. */
export type Order = { readonly load: Load; readonly milliseconds: number } | 'sample';

/** Its answers: what a record has, and what a batch took. */
export interface Ready {
  readonly recordBytes: number;
}
export interface Sample {
  readonly microseconds: number;
}

/** A subject in a process of its own, as a Lambda function has one. */
export interface Running {
  readonly name: string;
  readonly process: ChildProcess;
}

/** Processes of each subject: what V8 makes of the same code while it warms up differs from one to the next, by a half at times. */
const PROCESSES = 3;

/** Starts processes for each subject: no subject's garbage, and nothing that the compiler learnt of one, is another's. */
export function startSubjects(names: readonly string[]): readonly Running[] {
  const script = join(import.meta.dirname, 'subject-process.ts');
  return names.flatMap((name) => Array.from({ length: PROCESSES }, () => ({ name, process: fork(script, [name]) })));
}

export function stopSubjects(subjects: readonly Running[]): void {
  for (const { process } of subjects) process.kill();
}

/**
 * Times subjects on a load. Each works for `warmUp` milliseconds of processor time first; then they take samples in turns,
 * one at a time, for `milliseconds` each: what disturbs the machine disturbs all of them alike.
 */
export async function timeInTurns(
  subjects: readonly Running[],
  load: Load,
  warmUp: number,
  milliseconds: number,
): Promise<readonly Timing[]> {
  const ready: Ready[] = [];
  for (const subject of subjects) ready.push(await ask<Ready>(subject, { load, milliseconds: warmUp }));
  const times = subjects.map((): number[] => []);
  const until = performance.now() + milliseconds * subjects.length;
  for (let turn = 0; turn < 7 || performance.now() < until; turn++) {
    for (const [index, subject] of subjects.entries()) {
      times[index]!.push((await ask<Sample>(subject, 'sample')).microseconds);
    }
  }
  const medians = times.map(medianOf);
  return [...new Set(subjects.map(({ name }) => name))].map((name) => {
    const own = subjects.flatMap((subject, index) => (subject.name === name ? [index] : []));
    return {
      name,
      median: medianOf(own.map((index) => medians[index]!)),
      recordBytes: ready[own[0]!]!.recordBytes,
    };
  });
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Rejects where the process ends instead of answering. */
async function ask<Answer>({ name, process }: Running, order: Order): Promise<Answer> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const ended = once(process, 'exit', { signal }).then(() => {
    throw new Error(`the process of ${name} has ended`);
  });
  process.send(order);
  try {
    const [answer] = await Promise.race([once(process, 'message', { signal }), ended]);
    return answer;
  } finally {
    ended.catch(() => undefined);
    waiting.abort();
  }
}
