import type { Context } from 'aws-lambda';
import { pipelineNamed } from '../../pipelines/index.ts';
import { compilePipeline } from '../../shared/pipeline/compile.ts';
import { now } from '../../shared/platform/clock.ts';
import { deadlineOf } from '../../shared/platform/deadline.ts';
import { flushMetrics } from '../../shared/platform/metrics.ts';
import { setting } from '../../shared/platform/settings.ts';
import { openRedriven } from '../../shared/replay/redrive-gate.ts';
import { allEndings, readableRecords, readFirehoseEvent } from '../../shared/sources/firehose.ts';
import { createEndings, type FirehoseResponse } from '../../shared/sources/firehose-answer.ts';
import { reportFirehose } from '../../shared/sources/firehose-report.ts';
import { respondFirehose } from '../../shared/sources/firehose-respond.ts';
import { transformTime } from '../../shared/sources/firehose-time.ts';
import { reingest } from './reingest.ts';

const pipeline = compilePipeline(pipelineNamed(setting('PIPELINE')));
// Begun while the runtime is still starting; a failure is told by the invocation that waits for it.
pipeline.load().catch(() => undefined);

/** Runs the pipeline over a batch that a delivery stream brings: one answer for each record, in order. */
export async function handler(event: unknown, context: Context): Promise<FirehoseResponse> {
  const started = performance.now();
  const batch = await openRedriven(readFirehoseEvent(event));
  await pipeline.load();
  const time = transformTime(deadlineOf(context));
  const endings = createEndings();
  const ran = await pipeline.run(readableRecords(batch), { now: now(), outOfTime: time.outOfTime }, endings.of);
  const result = await respondFirehose(batch, allEndings(batch, ran), {
    deadline: time.putBackBy,
    reingest,
    split: pipeline.definition.input.split,
  });
  reportFirehose(batch, result, endings.combinations(), performance.now() - started);
  flushMetrics(pipeline.name);
  return result.response;
}
