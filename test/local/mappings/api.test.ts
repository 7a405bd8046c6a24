import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { startLocal } from '../../../local/account/start-local.ts';
import { createGateway } from '../../../local/gateway/gateway.ts';
import { MAPPING_ID, SHARD, STREAM_ARN, startBench } from './fixture.ts';

async function start() {
  const bench = startBench(() => undefined);
  const gateway = await createGateway();
  gateway.register({ ...bench.mappings, names: ['lambda'] });
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
  return { ...bench, client };
}

test('a mapping is described as AWS does', async () => {
  const { client, map } = await start();
  map({ BatchSize: '500', BisectBatchOnFunctionError: true, FunctionResponseTypes: ['ReportBatchItemFailures'] });
  const found = await client.send(new GetEventSourceMappingCommand({ UUID: MAPPING_ID }));
  expect(found).toMatchObject({
    UUID: MAPPING_ID,
    EventSourceArn: STREAM_ARN,
    FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
    State: 'Enabled',
    BatchSize: 500,
    MaximumBatchingWindowInSeconds: 0,
    ParallelizationFactor: 1,
    StartingPosition: 'TRIM_HORIZON',
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: -1,
    TumblingWindowInSeconds: 0,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    LastProcessingResult: 'No records processed',
  });
  expect(found.LastModified).toBeInstanceOf(Date);
});

test('mappings are listed by function and by source', async () => {
  const { client, map } = await start();
  map();
  const list = async (input: { FunctionName?: string; EventSourceArn?: string }) =>
    (await client.send(new ListEventSourceMappingsCommand(input))).EventSourceMappings?.length;
  expect(await list({})).toBe(1);
  expect(await list({ FunctionName: 'f' })).toBe(1);
  expect(await list({ FunctionName: 'g' })).toBe(0);
  expect(await list({ EventSourceArn: STREAM_ARN })).toBe(1);
  expect(await list({ EventSourceArn: `${STREAM_ARN}x` })).toBe(0);
});

test('a mapping is disabled and enabled, and goes on where it was', async () => {
  const { client, map, streams, settle, drain, seen } = await start();
  map();
  streams.add(SHARD, 'one');
  await drain();
  const disabled = await client.send(new UpdateEventSourceMappingCommand({ UUID: MAPPING_ID, Enabled: false }));
  expect(disabled.State).toBe('Disabled');
  streams.add(SHARD, 'two');
  await settle();
  expect(seen()).toEqual([['one']]);
  await client.send(new UpdateEventSourceMappingCommand({ UUID: MAPPING_ID, Enabled: true, BatchSize: 1 }));
  streams.add(SHARD, 'three');
  await drain();
  expect(seen()).toEqual([['one'], ['two'], ['three']]);
});

test('a mapping is created and deleted over the wire', async () => {
  const { client, streams, drain, settle, seen } = await start();
  const created = await client.send(
    new CreateEventSourceMappingCommand({ EventSourceArn: STREAM_ARN, FunctionName: 'f', StartingPosition: 'LATEST' }),
  );
  streams.add(SHARD, 'one');
  await drain();
  const deleted = await client.send(new DeleteEventSourceMappingCommand({ UUID: created.UUID }));
  expect(deleted.State).toBe('Deleting');
  streams.add(SHARD, 'two');
  await settle();
  expect(seen()).toEqual([['one']]);
  await expect(client.send(new GetEventSourceMappingCommand({ UUID: created.UUID }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test.each([
  [{ BatchSize: 10_001 }, /BatchSize/],
  [{ MaximumBatchingWindowInSeconds: 301 }, /MaximumBatchingWindowInSeconds/],
  [{ ParallelizationFactor: 11 }, /ParallelizationFactor/],
  [{ MaximumRetryAttempts: 10_001 }, /MaximumRetryAttempts/],
  [{ MaximumRecordAgeInSeconds: 59 }, /MaximumRecordAgeInSeconds/],
  [{ StartingPosition: undefined }, /StartingPosition is missing/],
  [{ StartingPosition: 'AT_TIMESTAMP' as const }, /StartingPositionTimestamp/],
  [{ EventSourceArn: 'arn:aws:dynamodb:us-east-1:1:table/t' }, /dynamodb/],
  [{ DestinationConfig: { OnFailure: { Destination: 'arn:aws:lambda:us-east-1:1:function:g' } } }, /Destination/],
])('what Lambda would refuse is refused: %j', async (properties, message) => {
  const { client } = await start();
  const input = { EventSourceArn: STREAM_ARN, FunctionName: 'f', StartingPosition: 'LATEST' as const, ...properties };
  const refused = client.send(new CreateEventSourceMappingCommand(input));
  await expect(refused).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: expect.stringMatching(message),
  });
});

test('a function reads a source by one mapping', async () => {
  const { client, map } = await start();
  map();
  const input = { EventSourceArn: STREAM_ARN, FunctionName: 'f', StartingPosition: 'LATEST' as const };
  await expect(client.send(new CreateEventSourceMappingCommand(input))).rejects.toMatchObject({
    name: 'ResourceConflictException',
    message: expect.stringContaining(MAPPING_ID),
    $metadata: { httpStatusCode: 409 },
  });
  const { EventSourceMappings } = await client.send(new ListEventSourceMappingsCommand({}));
  expect(EventSourceMappings?.map(({ UUID }) => UUID)).toEqual([MAPPING_ID]);
});

test('both ends must be there', async () => {
  const account = await startLocal({ empty: true });
  const client = new LambdaClient({
    endpoint: account.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await account.stop();
  });
  const create = (FunctionName: string) =>
    client.send(
      new CreateEventSourceMappingCommand({ EventSourceArn: STREAM_ARN, FunctionName, StartingPosition: 'LATEST' }),
    );
  await expect(create('nobody')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringMatching(/^Function not found: arn:aws:lambda:us-east-1:\d+:function:nobody$/),
    $metadata: { httpStatusCode: 404 },
  });
  const Code = { ZipFile: zipSync({ 'index.js': Buffer.from('exports.handler = () => {};') }) };
  const Role = 'arn:aws:iam::000000000000:role/anyone';
  await client.send(
    new CreateFunctionCommand({
      FunctionName: 'somebody',
      Role,
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Code,
    }),
  );
  await expect(create('somebody')).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: `Stream not found: ${STREAM_ARN}`,
  });
});
