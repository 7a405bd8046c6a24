/** Something that is timed: works on batch number `round`. */
export interface Subject {
  readonly name: string;
  run(round: number): unknown;
}

export interface Timing {
  readonly name: string;
  /** Microseconds of processor time a run, all threads together (so that collecting garbage counts): the median. */
  readonly median: number;
  readonly best: number;
  readonly samples: number;
}

/** A sample lasts at least this long, so that the clock is fine enough. */
const SAMPLE_MS = 4;

/**
 * Times subjects in turns, so that what disturbs the machine disturbs all of them alike. First each runs unmeasured, until
 * the compiler has settled.
 */
export async function timeInTurns(subjects: readonly Subject[], milliseconds: number): Promise<readonly Timing[]> {
  const repeats: number[] = [];
  for (const subject of subjects) repeats.push(await warmUp(subject, milliseconds / 2));
  const times = subjects.map((): number[] => []);
  const until = performance.now() + milliseconds * subjects.length;
  let round = 0;
  for (let turn = 0; turn < 5 || performance.now() < until; turn++) {
    for (const [index, subject] of subjects.entries()) {
      if (turn % 8 === 0) globalThis.gc?.();
      const runs = repeats[index]!;
      const before = process.cpuUsage();
      for (let run = 0; run < runs; run++) await subject.run(round + run);
      const { user, system } = process.cpuUsage(before);
      times[index]!.push((user + system) / runs);
    }
    round += Math.max(...repeats);
  }
  return subjects.map(({ name }, index) => {
    const sorted = times[index]!.sort((a, b) => a - b);
    return { name, median: sorted[sorted.length >> 1]!, best: sorted[0]!, samples: sorted.length };
  });
}

/** Returns how many runs make one sample. */
async function warmUp(subject: Subject, milliseconds: number): Promise<number> {
  const start = performance.now();
  let runs = 0;
  while (runs < 10 || performance.now() - start < milliseconds) await subject.run(runs++);
  const last = performance.now();
  await subject.run(runs);
  return Math.max(1, Math.ceil(SAMPLE_MS / (performance.now() - last)));
}
