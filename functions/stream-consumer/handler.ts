import type { Context } from 'aws-lambda';
import { pipelineNamed } from '../../pipelines/index.ts';
import { deadlineOf } from '../../shared/platform/deadline.ts';
import { setting } from '../../shared/platform/settings.ts';
import type { KinesisBatchResponse } from '../../shared/sources/kinesis.ts';
import { createConsumer } from './consume.ts';

const consume = createConsumer(pipelineNamed(setting('PIPELINE')));

/** Reads a batch of a Kinesis stream, runs the pipeline over it, and delivers it in order. */
export async function handler(event: unknown, context: Context): Promise<KinesisBatchResponse> {
  return await consume(event, deadlineOf(context));
}
