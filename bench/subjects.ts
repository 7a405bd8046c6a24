import type { TransformationEvent } from './clickstream.ts';

/** The work that is timed: an event as Lambda hands it over, to its answer. */
export type Transform = (batch: TransformationEvent) => unknown;

const KEY = 'a key for the bench, of 32 bytes';
const DEADLINE = { remainingMs: () => 60_000 };

/** Each subject loads what it needs and nothing else, for it has a process of its own. */
const SUBJECTS: Readonly<Record<string, () => Promise<Transform> | Transform>> = {
  floor: () => floor,
  'floor over atob/btoa': () => floorOfBytes,
  'no steps': () => sluice(() => false),
  'clickstream without detection': () => sluice((step) => step !== 'maskDetected'),
  clickstream: () => sluice(() => true),
  'the usual way': async () => {
    const { usualWay } = await import('./usual-way.ts');
    return (batch) => usualWay(batch, KEY);
  },
  'powertools parser + the usual way': async () => {
    const { powertoolsWay } = await import('./powertools-way.ts');
    return (batch) => powertoolsWay(batch, KEY);
  },
};

export const SUBJECT_NAMES: readonly string[] = Object.keys(SUBJECTS);

export async function subjectNamed(name: string): Promise<Transform> {
  const subject = SUBJECTS[name];
  if (subject === undefined) throw new RangeError(`no subject is named ${name}`);
  return await subject();
}

/** The transform's work on an event, as its handler does it: read, look for what was replayed, run, answer, count. */
async function sluice(keeps: (step: string) => boolean): Promise<Transform> {
  // Before the platform's modules are loaded: what is measured is the work, not the terminal.
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  process.env.MASK_KEY ??= KEY;
  const { compilePipeline } = await import('../shared/pipeline/compile.ts');
  const { pipelineNamed } = await import('../pipelines/index.ts');
  const { allEndings, readableRecords, readFirehoseEvent } = await import('../shared/sources/firehose.ts');
  const { createEndings } = await import('../shared/sources/firehose-answer.ts');
  const { reportFirehose } = await import('../shared/sources/firehose-report.ts');
  const { openRedriven } = await import('../shared/replay/redrive-gate.ts');
  const { respondFirehose } = await import('../shared/sources/firehose-respond.ts');
  const whole = pipelineNamed('clickstream');
  const pipeline = compilePipeline({ ...whole, steps: whole.steps.filter(({ name }) => keeps(name)) });
  await pipeline.load();
  return async (event) => {
    const started = performance.now();
    const batch = await openRedriven(readFirehoseEvent(event));
    const endings = createEndings();
    const ran = await pipeline.run(readableRecords(batch), { now: Date.now(), outOfTime: () => false }, endings.of);
    const result = await respondFirehose(batch, allEndings(batch, ran), { deadline: DEADLINE });
    reportFirehose(batch, result, endings.combinations(), performance.now() - started);
    return result.response;
  };
}

/** Base64-decode, JSON.parse, JSON.stringify, base64-encode: the least that a transform which parses can do. */
function floor(batch: TransformationEvent) {
  return {
    records: batch.records.map(({ recordId, data }) => {
      const parsed = JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
      return { recordId, result: 'Ok', data: Buffer.from(JSON.stringify(parsed)).toString('base64') };
    }),
  };
}

/** The same over atob and btoa, which are faster but read UTF-8 as Latin-1: for comparison only. */
function floorOfBytes(batch: TransformationEvent) {
  return {
    records: batch.records.map(({ recordId, data }) => ({
      recordId,
      result: 'Ok',
      data: btoa(JSON.stringify(JSON.parse(atob(data)))),
    })),
  };
}
