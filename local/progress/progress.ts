/** Progress while a run lasts: one line for each stage, redrawn in place. Quiet where no terminal is. */
export interface Stage {
  readonly name: string;
  /** Records so far. */
  done(): number;
  /** Records expected in the end, where that is known. */
  readonly expected?: number;
  /** Said behind the figures: `3 waiting`. */
  note?(): string;
}

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** A line above the stages, said in any case. */
  say(text: string): void;
  /** Draws once more and leaves the lines standing. */
  end(): void;
}

const REDRAW_MS = 250;
/** Rates are those of the last seconds, not of the whole run. */
const WINDOW_MS = 3_000;

export function showProgress(
  stages: readonly Stage[],
  terminal: Terminal = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  const isQuiet = terminal.isTTY !== true;
  const meters = stages.map((stage) => createMeter(stage, now));
  let drawn = 0;

  function draw(): void {
    const width = (terminal.columns ?? 80) - 1;
    const lines = meters.map((meter) => meter().slice(0, width));
    terminal.write(`${back(drawn)}${lines.map((line) => `\x1b[2K${line}\n`).join('')}`);
    drawn = lines.length;
  }

  const timer = isQuiet ? undefined : setInterval(draw, REDRAW_MS);
  timer?.unref();
  return {
    say(text) {
      terminal.write(isQuiet ? `${text}\n` : `${back(drawn)}\x1b[J${text}\n`);
      drawn = 0;
      if (!isQuiet) draw();
    },
    end() {
      clearInterval(timer);
      if (!isQuiet) draw();
      drawn = 0;
    },
  };
}

/** The cursor to the first of the lines drawn before. */
function back(lines: number): string {
  return lines === 0 ? '' : `\x1b[${lines}A`;
}

function createMeter(stage: Stage, now: () => number): () => string {
  const samples: { at: number; done: number }[] = [{ at: now(), done: stage.done() }];
  return () => {
    const sample = { at: now(), done: stage.done() };
    samples.push(sample);
    while (samples.length > 2 && sample.at - (samples[1]?.at ?? 0) > WINDOW_MS) samples.shift();
    const first = samples[0] as { at: number; done: number };
    const rate = sample.at > first.at ? ((sample.done - first.done) * 1_000) / (sample.at - first.at) : 0;
    const note = stage.note?.() ?? '';
    return `  ${stage.name.padEnd(11)}${figures(sample.done, stage.expected).padEnd(34)}${perSecond(rate)}${note === '' ? '' : `  ${note}`}`;
  };
}

function figures(done: number, expected: number | undefined): string {
  if (expected === undefined) return `${group(done)} records`;
  const share = expected === 0 ? 100 : Math.min(Math.floor((done * 100) / expected), 100);
  return `${group(done)} of ${group(expected)} records (${share} %)`;
}

function perSecond(rate: number): string {
  return `${group(Math.round(rate))}/s`.padStart(10);
}

function group(value: number): string {
  return value.toLocaleString('en-US');
}
