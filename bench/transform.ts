/**
 * `node bench/transform.ts [--seconds N] [--json FILE]`: what a Firehose transform costs, from the event that Lambda hands
 * over to the answer, beside parsing and writing JSON alone (the floor) and the same work written the usual way.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { atLeast, atMost, type Bar, showBars } from './bars.ts';
import { type Load, type Running, startSubjects, stopSubjects, type Timing, timeInTurns } from './measure.ts';
import { SUBJECT_NAMES } from './subjects.ts';

interface Row {
  readonly name: string;
  readonly records: number;
  readonly bytes: number;
  readonly microseconds: number;
  readonly mbPerSecond: number;
  /** Time as a multiple of the floor's. */
  readonly floors: number;
}

/** The compiler has settled after some seconds of the work; on another load of the same work, sooner. */
const WARM_UP_MS = 2_500;
const WARM_AGAIN_MS = 300;

async function measure(
  subjects: readonly Running[],
  load: Load,
  warmUp: number,
  milliseconds: number,
): Promise<readonly Row[]> {
  const timings = await timeInTurns(subjects, load, warmUp, milliseconds);
  const base = timings.find(({ name }) => name === 'floor')!;
  return timings.map((timing) => rowOf(timing, base, load.records));
}

function rowOf({ name, median, recordBytes }: Timing, base: Timing, records: number): Row {
  const microseconds = median / records;
  return {
    name,
    records,
    bytes: Math.round(recordBytes),
    microseconds,
    mbPerSecond: recordBytes / microseconds,
    floors: median / base.median,
  };
}

function show(title: string, rows: readonly Row[]): void {
  console.log(
    `\n${title}\n${'records × bytes'.padStart(52)}${'CPU µs/record'.padStart(16)}${'MB/s'.padStart(8)}${'× floor'.padStart(10)}`,
  );
  for (const { name, records, bytes, microseconds, mbPerSecond, floors } of rows) {
    const size = `${records.toLocaleString('en-US')} × ${bytes.toLocaleString('en-US')}`;
    console.log(
      `${name.padEnd(34)}${size.padStart(18)}${microseconds.toFixed(2).padStart(16)}${mbPerSecond.toFixed(0).padStart(8)}${floors.toFixed(2).padStart(10)}`,
    );
  }
}

function barsOf(rows: readonly Row[]): readonly Bar[] {
  const of = (name: string) => rows.find((row) => row.name === name)!;
  const [fast, full, usual] = [of('clickstream without detection'), of('clickstream'), of('the usual way')];
  const faster = usual.microseconds / full.microseconds;
  return [
    atMost('without detection: at most 0.75 × the floor', fast.floors, 0.75),
    atMost('with detection on every string: at most 1.0 × the floor', full.floors, 1),
    atLeast('with detection: at least 3.5 × as fast as the usual way', faster, 3.5),
  ];
}

const SIZES: readonly Load[] = [
  { bytes: 200, records: 1000 },
  { bytes: 2_000, records: 1000 },
  { bytes: 20_000, records: 100 },
  { bytes: 200_000, records: 10 },
];
/** Of short records, so that the answers of the largest batch fit into 6 MB: what does not fit is put back, which is other work. */
const BATCHES: readonly Load[] = [10, 100, 1000, 10_000].map((records) => ({ records, bytes: 200 }));
/** What growth is looked at for. */
const COMPARED = ['floor', 'clickstream without detection', 'clickstream'];

async function measureAll(subjects: readonly Running[], milliseconds: number) {
  const transform = await measure(subjects, { records: 1000, bytes: 640 }, WARM_UP_MS, milliseconds);
  show('1,000 clickstream events of about 640 bytes: the whole transform, each way in processes of its own', transform);
  const bars = barsOf(transform);
  showBars(bars);
  const compared = subjects.filter(({ name }) => COMPARED.includes(name));
  const growth = async (loads: readonly Load[]) => {
    const rows: Row[] = [];
    for (const load of loads) rows.push(...(await measure(compared, load, WARM_AGAIN_MS, milliseconds / 3)));
    return rows;
  };
  const bySize = await growth(SIZES);
  show('by size of a record', bySize);
  const byBatch = await growth(BATCHES);
  show('by size of a batch', byBatch);
  return { node: process.version, transform, bars, bySize, byBatch };
}

const { values } = parseArgs({ options: { json: { type: 'string' }, seconds: { type: 'string', default: '0.6' } } });
const subjects = startSubjects(SUBJECT_NAMES);
try {
  const figures = await measureAll(subjects, Number(values.seconds) * 1000);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
} finally {
  stopSubjects(subjects);
}
