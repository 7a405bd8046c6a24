import { expect, test } from 'vitest';
import type { TargetOptions } from '../../../local/account/targets.ts';
import { addFunction, startLambda } from './fixture.ts';

interface Sent {
  readonly arn: string;
  readonly message: string;
  readonly options: TargetOptions | undefined;
}

function start(fail: () => boolean = () => false) {
  const sent: Sent[] = [];
  const lambda = startLambda({
    asyncRetryDelaysMs: [20, 20],
    targets: () => ({
      async send(arn, message, options) {
        if (fail()) throw new Error('down');
        sent.push({ arn, message, options });
      },
    }),
  });
  const settled = async () => {
    while (!lambda.functions.idle()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { ...lambda, sent, settled };
}

const failing = 'exports.handler = async () => { throw new Error("no"); };';
const queue = 'arn:aws:sqs:us-east-1:123456789012:letters';
const bucket = 'arn:aws:s3:::letters';

test('an event is run once when the function succeeds', async () => {
  const lambda = start();
  addFunction(lambda, 'works', 'exports.handler = async () => 1;');
  const { requestId } = await lambda.functions.submit('works', '{}');
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(lambda.functions.idle()).toBe(false);
  await lambda.settled();
  expect(lambda.functions.figures()).toMatchObject([{ invocations: 1, errors: 0 }]);
  expect(lambda.functions.asyncFigures()).toEqual({ accepted: 1, succeeded: 1, failed: 0, undelivered: 0 });
});

test('an event that fails is retried twice, then goes to the dead-letter queue as it came', async () => {
  const lambda = start();
  addFunction(lambda, 'fails', failing, { DeadLetterConfig: { TargetArn: queue } });
  const { requestId } = await lambda.functions.submit('fails', '{"n":1}');
  await lambda.settled();
  expect(lambda.functions.figures()).toMatchObject([{ invocations: 3, errors: 3 }]);
  expect(lambda.sent).toMatchObject([{ arn: queue, message: '{"n":1}' }]);
  expect(lambda.sent[0]?.options?.attributes).toEqual({
    RequestID: { DataType: 'String', StringValue: requestId },
    ErrorCode: { DataType: 'Number', StringValue: '200' },
    ErrorMessage: { DataType: 'String', StringValue: 'no' },
  });
});

test('an event that fails goes to the on-failure destination with its story', async () => {
  const lambda = start();
  addFunction(lambda, 'fails', failing);
  const properties = {
    FunctionName: 'fails',
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination: bucket } },
  };
  lambda.functions.configure({ logicalId: 'Config', type: 'AWS::Lambda::EventInvokeConfig', properties });
  const { requestId } = await lambda.functions.submit('fails', '{"n":1.0}');
  await lambda.settled();
  const [{ arn, message, options }] = lambda.sent as [Sent];
  expect(arn).toBe(bucket);
  expect(options?.key).toMatch(/^aws\/lambda\/async\/fails\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-/);
  expect(message).toContain('"requestPayload":{"n":1.0}');
  expect(JSON.parse(message)).toMatchObject({
    version: '1.0',
    requestContext: {
      requestId,
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:fails:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 2,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorMessage: 'no', errorType: 'Error' },
  });
});

test('a success goes to the on-success destination', async () => {
  const lambda = start();
  addFunction(lambda, 'works', 'exports.handler = async () => 42;');
  const properties = { FunctionName: 'works', DestinationConfig: { OnSuccess: { Destination: queue } } };
  lambda.functions.configure({ logicalId: 'Config', type: 'AWS::Lambda::EventInvokeConfig', properties });
  await lambda.functions.submit('works', '{}');
  await lambda.settled();
  expect(JSON.parse(lambda.sent[0]?.message ?? '')).toMatchObject({
    requestContext: { condition: 'Success', approximateInvokeCount: 1 },
    responsePayload: 42,
  });
});

test('an event that is throttled waits, and ends with its age', async () => {
  const lambda = start();
  addFunction(lambda, 'none', failing, { ReservedConcurrentExecutions: 0 });
  const properties = {
    FunctionName: 'none',
    MaximumEventAgeInSeconds: 60,
    DestinationConfig: { OnFailure: { Destination: queue } },
  };
  lambda.functions.configure({ logicalId: 'Config', type: 'AWS::Lambda::EventInvokeConfig', properties });
  await lambda.functions.submit('none', '{}');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(lambda.functions.idle()).toBe(false);
  for (let minute = 0; minute < 10; minute++) {
    await lambda.clock.advance(10_000);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await lambda.settled();
  const document = JSON.parse(lambda.sent[0]?.message ?? '');
  expect(document.requestContext).toMatchObject({ condition: 'EventAgeExceeded', approximateInvokeCount: 0 });
  expect(document.responseContext).toBeUndefined();
});

test('a destination that is down is tried again, then counted', async () => {
  let down = 2;
  const lambda = start(() => down-- > 0);
  addFunction(lambda, 'fails', failing, { DeadLetterConfig: { TargetArn: queue } });
  await lambda.functions.submit('fails', '{}');
  while (!lambda.functions.idle()) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await lambda.clock.advance(1000);
  }
  expect(lambda.sent.length).toBe(1);
  down = 1000;
  await lambda.functions.submit('fails', '{}');
  while (!lambda.functions.idle()) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await lambda.clock.advance(1000);
  }
  expect(lambda.functions.asyncFigures()).toMatchObject({ failed: 2, undelivered: 1 });
});

test('an event over 1 MB, or for nobody, is not accepted', async () => {
  const lambda = start();
  addFunction(lambda, 'works', 'exports.handler = async () => 1;');
  await expect(lambda.functions.submit('works', JSON.stringify('x'.repeat(1_048_575)))).rejects.toMatchObject({
    code: 'RequestEntityTooLargeException',
  });
  await expect(lambda.functions.submit('nobody', '{}')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});
