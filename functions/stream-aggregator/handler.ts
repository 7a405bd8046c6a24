import type { Context } from 'aws-lambda';
import { pipelineNamed } from '../../pipelines/index.ts';
import { deadlineOf } from '../../shared/platform/deadline.ts';
import { setting } from '../../shared/platform/settings.ts';
import { createAggregator, type WindowResponse } from './aggregate.ts';

const aggregate = createAggregator(pipelineNamed(setting('PIPELINE')));

/** Counts a stream's events by window and group, in Lambda's tumbling windows. */
export async function handler(event: unknown, context: Context): Promise<WindowResponse> {
  return await aggregate(event, deadlineOf(context));
}
