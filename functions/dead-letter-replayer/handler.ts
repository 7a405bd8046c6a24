import type { Context } from 'aws-lambda';
import { deadlineOf } from '../../shared/platform/deadline.ts';
import { handleReplay } from '../../shared/replay/handle.ts';

/** Reads dead letters of every kind and puts their records back: a command, SQS messages, S3 events, or a schedule. */
export async function handler(event: unknown, context: Context): Promise<unknown> {
  return await handleReplay(event, context, deadlineOf(context));
}
