/**
 * AWS SDK clients, one a service and process, made when first asked for. The build puts each SDK client in a file of its
 * own beside the bundle, so that a function that never needs one never reads it (about 60 ms of start-up each).
 * Endpoint, region and credentials are the SDK's own business: AWS_ENDPOINT_URL points all of them elsewhere.
 */
const RETRIES = { maxAttempts: 3 } as const;

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((cause) => {
      made = undefined;
      throw cause;
    });
    return made;
  };
}

/** Each gives `{ aws, client }`: the SDK's module (its commands) and the client to send them with. */
export const firehose = once(async () => {
  const aws = await import('./aws/firehose.ts');
  return { aws, client: new aws.FirehoseClient(RETRIES) };
});

export const kinesis = once(async () => {
  const aws = await import('./aws/kinesis.ts');
  return { aws, client: new aws.KinesisClient(RETRIES) };
});

export const s3 = once(async () => {
  const aws = await import('./aws/s3.ts');
  return { aws, client: new aws.S3Client(RETRIES) };
});

export const sqs = once(async () => {
  const aws = await import('./aws/sqs.ts');
  return { aws, client: new aws.SQSClient(RETRIES) };
});

export const dynamodb = once(async () => {
  const aws = await import('./aws/dynamodb.ts');
  return { aws, client: new aws.DynamoDBClient(RETRIES) };
});

export const eventbridge = once(async () => {
  const aws = await import('./aws/eventbridge.ts');
  return { aws, client: new aws.EventBridgeClient(RETRIES) };
});

export const lambda = once(async () => {
  const aws = await import('./aws/lambda.ts');
  return { aws, client: new aws.LambdaClient(RETRIES) };
});

export const kms = once(async () => {
  const aws = await import('./aws/kms.ts');
  return { aws, client: new aws.KMSClient(RETRIES) };
});
