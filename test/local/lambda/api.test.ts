import { deflateRawSync } from 'node:zlib';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { expect, onTestFinished, test } from 'vitest';
import { createGateway } from '../../../local/gateway/gateway.ts';
import { unpackZip } from '../../../local/lambda/zip.ts';
import { addFunction, startLambda } from './fixture.ts';

async function start() {
  const lambda = startLambda();
  const gateway = await createGateway();
  gateway.register(lambda.functions);
  const client = new LambdaClient({
    endpoint: gateway.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await gateway.stop();
  });
  return { ...lambda, client };
}

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('utf8');

/** A zip of one file, made by hand: local header, data, directory, end. */
function zipOf(name: string, content: string): Buffer {
  const data = deflateRawSync(Buffer.from(content));
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(data.length, 20);
  entry.writeUInt32LE(Buffer.byteLength(content), 24);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + data.length, 16);
  return Buffer.concat([local, Buffer.from(name), data, entry, Buffer.from(name), end]);
}

test('an SDK client invokes a function, and gets its log tail', async () => {
  const lambda = await start();
  addFunction(lambda, 'f', 'exports.handler = async (e) => { console.log("hello"); return { got: e.n }; };');
  const response = await lambda.client.send(
    new InvokeCommand({ FunctionName: 'f', Payload: Buffer.from('{"n":7}'), LogType: 'Tail' }),
  );
  expect(response).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(response.FunctionError).toBeUndefined();
  expect(text(response.Payload)).toBe('{"got":7}');
  const tail = Buffer.from(response.LogResult ?? '', 'base64').toString('utf8');
  expect(tail).toMatch(/^START RequestId: .*\n.*\tINFO\thello\nEND RequestId: .*\nREPORT RequestId: /);
});

test('a function error comes with 200 and X-Amz-Function-Error', async () => {
  const lambda = await start();
  addFunction(lambda, 'f', 'exports.handler = async () => { throw new Error("no"); };');
  const response = await lambda.client.send(new InvokeCommand({ FunctionName: 'f' }));
  expect(response).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  expect(JSON.parse(text(response.Payload))).toMatchObject({ errorType: 'Error', errorMessage: 'no' });
});

test('the log tail holds 4 KB at most', async () => {
  const lambda = await start();
  addFunction(lambda, 'f', 'exports.handler = async () => { for (let i = 0; i < 500; i++) console.log("line", i); };');
  const { LogResult } = await lambda.client.send(new InvokeCommand({ FunctionName: 'f', LogType: 'Tail' }));
  const tail = Buffer.from(LogResult ?? '', 'base64');
  expect(tail.length).toBe(4096);
  expect(tail.toString('utf8')).toContain('line 499');
});

test('Event and DryRun answer at once', async () => {
  const lambda = await start();
  addFunction(lambda, 'f', 'exports.handler = async () => 1;');
  const dry = await lambda.client.send(new InvokeCommand({ FunctionName: 'f', InvocationType: 'DryRun' }));
  expect(dry.StatusCode).toBe(204);
  expect(lambda.functions.figures()).toMatchObject([{ invocations: 0 }]);
  const event = await lambda.client.send(new InvokeCommand({ FunctionName: 'f', InvocationType: 'Event' }));
  expect(event.StatusCode).toBe(202);
  while (!lambda.functions.idle()) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(lambda.functions.figures()).toMatchObject([{ invocations: 1 }]);
});

test('what can’t be invoked is refused with AWS’s errors', async () => {
  const lambda = await start();
  addFunction(lambda, 'f', 'exports.handler = async () => 1;', { ReservedConcurrentExecutions: 0 });
  const invoke = (FunctionName: string, Payload: string, InvocationType?: 'Event') =>
    lambda.client.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(Payload), InvocationType }));
  await expect(invoke('nobody', '{}')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(invoke('f', '{')).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  await expect(invoke('f', '{}')).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    $metadata: { httpStatusCode: 429 },
  });
  const large = JSON.stringify('x'.repeat(6_291_456));
  await expect(invoke('f', large)).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } });
  await expect(invoke('f', large.slice(0, 1_048_577).concat('"'), 'Event')).rejects.toMatchObject({
    name: 'RequestEntityTooLargeException',
  });
});

test('functions are listed and described', async () => {
  const lambda = await start();
  addFunction(lambda, 'f', 'exports.handler = async () => 1;', {
    Role: 'arn:aws:iam::123456789012:role/own',
    Environment: { Variables: { PIPELINE: 'x' } },
    Architectures: ['arm64'],
  });
  const { Functions } = await lambda.client.send(new ListFunctionsCommand({}));
  expect(Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['f']);
  const configuration = await lambda.client.send(new GetFunctionConfigurationCommand({ FunctionName: 'f' }));
  expect(configuration).toMatchObject({
    FunctionName: 'f',
    Handler: 'index.handler',
    MemorySize: 256,
    Timeout: 5,
    Runtime: 'nodejs24.x',
    Role: 'arn:aws:iam::123456789012:role/own',
    Environment: { Variables: { PIPELINE: 'x' } },
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Architectures: ['arm64'],
  });
  const found = await lambda.client.send(new GetFunctionCommand({ FunctionName: configuration.FunctionArn }));
  expect(found.Configuration?.CodeSha256).toMatch(/^[A-Za-z0-9+/]{43}=$/);
});

test('a function is created from a zip, changed, and deleted', async () => {
  const { client, functions } = await start();
  const invoke = async () => text((await client.send(new InvokeCommand({ FunctionName: 'zipped' }))).Payload);
  await client.send(
    new CreateFunctionCommand({
      FunctionName: 'zipped',
      Role: 'arn:aws:iam::123456789012:role/own',
      Handler: 'app/index.handler',
      Runtime: 'nodejs24.x',
      Code: { ZipFile: zipOf('app/index.js', 'exports.handler = async () => process.env.NAME ?? "first";') },
    }),
  );
  expect(await invoke()).toBe('"first"');
  await client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: 'zipped', Environment: { Variables: { NAME: 'set' } } }),
  );
  expect(await invoke()).toBe('"set"');
  await client.send(
    new UpdateFunctionCodeCommand({
      FunctionName: 'zipped',
      ZipFile: zipOf('app/index.js', 'exports.handler = async () => "second " + process.env.NAME;'),
    }),
  );
  expect(await invoke()).toBe('"second set"');
  await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'zipped', ReservedConcurrentExecutions: 3 }));
  const described = await client.send(new GetFunctionCommand({ FunctionName: 'zipped' }));
  expect(described.Concurrency?.ReservedConcurrentExecutions).toBe(3);
  await expect(
    client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'zipped', MemorySize: 5 })),
  ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  await client.send(new DeleteFunctionCommand({ FunctionName: 'zipped' }));
  expect(functions.figures()).toEqual([]);
  await expect(invoke()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a package that is broken, or leaves its folder, is refused', () => {
  expect(() => unpackZip(Buffer.from('not a zip'), '/nowhere')).toThrow('not a zip file');
  expect(() => unpackZip(zipOf('../escape.js', 'x'), '/nowhere')).toThrow('leaves the package');
  expect(() => unpackZip(zipOf('index.js', 'x').subarray(20), '/nowhere')).toThrow('cut short');
});
