import type { Context } from 'aws-lambda';
import { pipelineNamed } from '../../pipelines/index.ts';
import { deadlineOf } from '../../shared/platform/deadline.ts';
import { setting } from '../../shared/platform/settings.ts';
import { ownLogGroups } from '../../shared/sources/cloudwatch-logs.ts';
import { createDecoder } from './decode.ts';
import type { DecoderAnswer } from './report.ts';

const own = ownLogGroups(setting('OWN_LOG_GROUPS'), setting('AWS_LAMBDA_LOG_GROUP_NAME'));
const decode = createDecoder(pipelineNamed(setting('PIPELINE')), own);

/** Takes a message of a CloudWatch Logs subscription apart, runs the pipeline over its events, and delivers them. */
export async function handler(event: unknown, context: Context): Promise<DecoderAnswer> {
  return await decode(event, deadlineOf(context), context?.awsRequestId ?? 'local');
}
