import { gzipSync } from 'node:zlib';
import {
  CreateDeliveryStreamCommand,
  type CreateDeliveryStreamCommandInput,
  DeleteDeliveryStreamCommand,
  DescribeDeliveryStreamCommand,
  FirehoseClient,
  ListDeliveryStreamsCommand,
  ListTagsForDeliveryStreamCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
  StartDeliveryStreamEncryptionCommand,
  StopDeliveryStreamEncryptionCommand,
  TagDeliveryStreamCommand,
  UntagDeliveryStreamCommand,
  UpdateDestinationCommand,
} from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../local/gateway/gateway.ts';
import {
  ACCOUNT,
  BUCKET_ARN,
  type FakeAccount,
  fakeAccount,
  lambda,
  parameterList,
  processing,
  REGION,
  s3,
} from './account.ts';

let account: FakeAccount;
let gateway: Gateway;
let client: FirehoseClient;

beforeAll(async () => {
  account = fakeAccount();
  gateway = await createGateway();
  gateway.register(account.firehose);
  client = new FirehoseClient({
    endpoint: gateway.endpoint,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await gateway.stop();
  await account.stop();
});

let name = 'delivery-0';
let count = 0;
beforeEach(() => {
  name = `delivery-${++count}`;
  delete account.faults.firehosePut;
});

function create(destination: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) {
  const configuration = { DeliveryStreamName: name, ExtendedS3DestinationConfiguration: s3(destination), ...rest };
  return client.send(new CreateDeliveryStreamCommand(configuration as unknown as CreateDeliveryStreamCommandInput));
}

const put = (data: string | Uint8Array) =>
  client.send(new PutRecordCommand({ DeliveryStreamName: name, Record: { Data: Buffer.from(data) } }));
const putBatch = (...data: (string | Uint8Array)[]) =>
  client.send(
    new PutRecordBatchCommand({ DeliveryStreamName: name, Records: data.map((each) => ({ Data: Buffer.from(each) })) }),
  );
const describeStream = async () => {
  const answer = await client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: name }));
  return answer.DeliveryStreamDescription!;
};

describe('delivery streams', () => {
  it('are made, described with defaults filled in, listed and deleted', async () => {
    const { DeliveryStreamARN } = await create(lambda({ NumberOfRetries: '2' }));
    expect(DeliveryStreamARN).toBe(`arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/${name}`);
    const described = await describeStream();
    expect(described).toMatchObject({
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamType: 'DirectPut',
      VersionId: '1',
    });
    expect(described.CreateTimestamp).toEqual(new Date(account.clock.now()));
    expect(described.Destinations![0]!.ExtendedS3DestinationDescription).toMatchObject({
      BucketARN: BUCKET_ARN,
      BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 300 },
      CompressionFormat: 'UNCOMPRESSED',
      EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
      S3BackupMode: 'Disabled',
    });
    const [processor] =
      described.Destinations![0]!.ExtendedS3DestinationDescription!.ProcessingConfiguration!.Processors!;
    expect(processor!.Parameters!.map((parameter) => parameter.ParameterName)).toEqual([
      'LambdaArn',
      'NumberOfRetries',
      'RoleArn',
      'BufferSizeInMBs',
      'BufferIntervalInSeconds',
    ]);
    const listed = await client.send(new ListDeliveryStreamsCommand({}));
    expect(listed.DeliveryStreamNames).toContain(name);
    await client.send(new DeleteDeliveryStreamCommand({ DeliveryStreamName: name }));
    await expect(describeStream()).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Firehose ${name} under account ${ACCOUNT} not found.`,
    });
  });

  it('have one name each', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ name: 'ResourceInUseException' });
  });

  it('are listed in pages', async () => {
    await create();
    name += '-next';
    await create();
    const page = await client.send(
      new ListDeliveryStreamsCommand({ Limit: 1, ExclusiveStartDeliveryStreamName: name.replace('-next', '') }),
    );
    expect(page).toMatchObject({ DeliveryStreamNames: [name], HasMoreDeliveryStreams: expect.any(Boolean) });
  });

  it('keep tags', async () => {
    await create({}, { Tags: [{ Key: 'stage', Value: 'dev' }] });
    await client.send(
      new TagDeliveryStreamCommand({ DeliveryStreamName: name, Tags: [{ Key: 'owner', Value: 'me' }] }),
    );
    await client.send(new UntagDeliveryStreamCommand({ DeliveryStreamName: name, TagKeys: ['stage'] }));
    const { Tags } = await client.send(new ListTagsForDeliveryStreamCommand({ DeliveryStreamName: name }));
    expect(Tags).toEqual([{ Key: 'owner', Value: 'me' }]);
  });

  it('deliver under a new version after an update, what came before it as it was told then', async () => {
    await create({ Prefix: 'before/' });
    await put('one\n');
    await client.send(
      new UpdateDestinationCommand({
        DeliveryStreamName: name,
        CurrentDeliveryStreamVersionId: '1',
        DestinationId: 'destinationId-000000000001',
        ExtendedS3DestinationUpdate: { Prefix: 'after/' },
      }),
    );
    await put('two\n');
    await account.firehose.flush();
    expect(account.under('before/')[0]!.key).toMatch(`${name}-1-`);
    expect(account.under('after/')[0]!.key).toMatch(`${name}-2-`);
    expect((await describeStream()).VersionId).toBe('2');
    const stale = new UpdateDestinationCommand({
      DeliveryStreamName: name,
      CurrentDeliveryStreamVersionId: '1',
      DestinationId: 'destinationId-000000000001',
      ExtendedS3DestinationUpdate: { Prefix: 'again/' },
    });
    await expect(client.send(stale)).rejects.toMatchObject({ name: 'ConcurrentModificationException' });
  });
});

describe('puts', () => {
  it('answer with a record id each', async () => {
    await create();
    expect(await put('one')).toMatchObject({ RecordId: expect.stringMatching(/^\d+$/), Encrypted: false });
    const batch = await putBatch('two', 'three');
    expect(batch.FailedPutCount).toBe(0);
    expect(new Set(batch.RequestResponses!.map((each) => each.RecordId)).size).toBe(2);
  });

  it('fail record by record, aligned by index', async () => {
    await create();
    const codes = [undefined, 'ServiceUnavailableException', undefined, 'InternalFailure'];
    let at = 0;
    account.faults.firehosePut = () => codes[at++];
    const { FailedPutCount, RequestResponses } = await putBatch('a', 'b', 'c', 'd');
    expect(FailedPutCount).toBe(2);
    expect(RequestResponses!.map((each) => each.ErrorCode)).toEqual(codes);
    expect(RequestResponses![1]).toMatchObject({ ErrorMessage: 'Slow down.' });
    expect(RequestResponses![1]!.RecordId).toBeUndefined();
    const stream = account.firehose.figures().find((each) => each.name === name)!;
    expect(stream.recordsIn).toBe(2);
    account.faults.firehosePut = () => 'ServiceUnavailableException';
    await expect(put('e')).rejects.toMatchObject({
      name: 'ServiceUnavailableException',
      $metadata: { httpStatusCode: 503 },
    });
  });

  it('take a record of 1,024,000 bytes, and no larger one', async () => {
    await create();
    await expect(put(Buffer.alloc(1_024_000))).resolves.toBeDefined();
    await expect(put(Buffer.alloc(1_024_001))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(
        "at 'record.data' failed to satisfy constraint: Member must have length less than or equal to 1024000",
      ),
    });
  });

  it('take 500 records and 4 MiB in a batch, and no more', async () => {
    await create();
    await expect(putBatch(...new Array<string>(500).fill('x'))).resolves.toMatchObject({ FailedPutCount: 0 });
    await expect(putBatch(...new Array<string>(501).fill('x'))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Member must have length less than or equal to 500'),
    });
    const mib = Buffer.alloc(1_000_000);
    const rest = 4 * 1024 * 1024 - 4 * mib.length;
    await expect(putBatch(mib, mib, mib, mib, Buffer.alloc(rest))).resolves.toMatchObject({ FailedPutCount: 0 });
    await expect(putBatch(mib, mib, mib, mib, Buffer.alloc(rest + 1))).rejects.toMatchObject({
      name: 'InvalidArgumentException',
      message: 'Records size exceeds 4 MB limit',
    });
    await expect(putBatch()).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('are refused for a stream that is not there, that Kinesis feeds, or that reads only logs', async () => {
    await expect(put('x')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    account.kinesis.add(`shard-${name}`);
    const source = { KinesisStreamARN: account.kinesis.arn, RoleARN: 'arn:aws:iam::1:role/r' };
    await create({}, { DeliveryStreamType: 'KinesisStreamAsSource', KinesisStreamSourceConfiguration: source });
    await expect(putBatch('x')).rejects.toMatchObject({
      name: 'InvalidArgumentException',
      message: 'This operation is not permitted on KinesisStreamAsSource delivery stream type.',
    });
    name += '-logs';
    await create(processing({ Type: 'Decompression', Parameters: parameterList({ CompressionFormat: 'GZIP' }) }));
    await expect(put(gzipSync('{}'))).rejects.toMatchObject({ name: 'InvalidSourceException' });
  });
});

describe('encryption at rest', () => {
  const encryption = async () => {
    const answer = await client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: name }));
    return answer.DeliveryStreamDescription?.DeliveryStreamEncryptionConfiguration;
  };

  it('is started, with another key, and stopped', async () => {
    await create();
    expect(await encryption()).toEqual({ Status: 'DISABLED' });
    await client.send(new StartDeliveryStreamEncryptionCommand({ DeliveryStreamName: name }));
    expect(await encryption()).toEqual({ Status: 'ENABLED', KeyType: 'AWS_OWNED_CMK' });
    const KeyARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`;
    const own = { KeyType: 'CUSTOMER_MANAGED_CMK', KeyARN } as const;
    await client.send(
      new StartDeliveryStreamEncryptionCommand({
        DeliveryStreamName: name,
        DeliveryStreamEncryptionConfigurationInput: own,
      }),
    );
    expect(await encryption()).toEqual({ Status: 'ENABLED', ...own });
    await client.send(new StopDeliveryStreamEncryptionCommand({ DeliveryStreamName: name }));
    expect(await encryption()).toEqual({ Status: 'DISABLED' });
  });

  it.each([
    ['a key of one’s own that is not named', { KeyType: 'CUSTOMER_MANAGED_CMK' }],
    ['a key that AWS owns, and one that is named', { KeyType: 'AWS_OWNED_CMK', KeyARN: 'arn:aws:kms:x:1:key/1' }],
  ])('can’t be with %s', async (_name, given) => {
    const made = create({}, { DeliveryStreamEncryptionConfigurationInput: given });
    await expect(made).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  });
});
