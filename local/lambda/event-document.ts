/** What a destination gets of an asynchronous event. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
import type { InvokeResult, QueueMessageAttribute } from '../account/contracts.ts';
import type { AsyncEvent, Condition } from './async-event.ts';

/** The payloads are spliced in as they are: they were JSON text all the way. */
export function eventDocument(event: AsyncEvent, result: InvokeResult, condition: Condition, now: number): string {
  const requestContext = {
    requestId: event.requestId,
    functionArn: `${event.definition.arn}:$LATEST`,
    condition,
    approximateInvokeCount: condition === 'Success' ? event.attempts + 1 : event.attempts,
  };
  const head = JSON.stringify({ version: '1.0', timestamp: new Date(now).toISOString(), requestContext });
  const request = `,"requestPayload":${event.payload === '' ? 'null' : event.payload}`;
  if (result.cause === 'rejected') return `${head.slice(0, -1)}${request}}`;
  const response = JSON.stringify({
    statusCode: 200,
    executedVersion: result.executedVersion,
    ...(result.functionError === undefined ? {} : { functionError: result.functionError }),
  });
  return `${head.slice(0, -1)}${request},"responseContext":${response},"responsePayload":${result.payload}}`;
}

const MESSAGE_BYTES = 1024;

/** Of a message in a dead-letter queue: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
export function letterAttributes(event: AsyncEvent, result: InvokeResult): Record<string, QueueMessageAttribute> {
  let message = 'The function was not invoked';
  try {
    const parsed = JSON.parse(result.payload) as { errorMessage?: unknown } | null;
    if (typeof parsed?.errorMessage === 'string') message = parsed.errorMessage;
  } catch {
    // What a runtime posts need not be JSON.
  }
  const short = Buffer.from(message).subarray(0, MESSAGE_BYTES).toString('utf8') || ' ';
  return {
    RequestID: { DataType: 'String', StringValue: event.requestId },
    ErrorCode: { DataType: 'Number', StringValue: result.cause === 'rejected' ? '429' : '200' },
    ErrorMessage: { DataType: 'String', StringValue: short },
  };
}
