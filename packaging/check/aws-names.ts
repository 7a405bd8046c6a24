/** Names of AWS that the CloudFormation schema does not hold. */

/**
 * Actions of the services that the stack's roles speak of.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const ACTIONS: Readonly<Record<string, string>> = {
  aoss: 'APIAccessAll BatchGetCollection',
  cloudwatch: 'PutMetricData',
  dynamodb:
    'BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable GetItem PutItem Query Scan UpdateItem',
  ec2: 'CreateNetworkInterface CreateNetworkInterfacePermission DeleteNetworkInterface DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcAttribute DescribeVpcs',
  es: 'DescribeDomain DescribeDomainConfig DescribeDomains ESHttpGet ESHttpPost ESHttpPut',
  events: 'PutEvents',
  firehose: 'DescribeDeliveryStream PutRecord PutRecordBatch',
  glue: 'CreateTable GetDatabase GetSchemaVersion GetTable GetTableVersion GetTableVersions UpdateTable',
  kinesis:
    'DescribeStream DescribeStreamConsumer DescribeStreamSummary GetRecords GetShardIterator ListShards ListStreams PutRecord PutRecords SubscribeToShard',
  kms: 'CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateMac ReEncryptFrom ReEncryptTo',
  lambda: 'GetFunctionConfiguration InvokeFunction',
  lakeformation: 'GetDataAccess',
  logs: 'CreateLogGroup CreateLogStream DescribeLogGroups DescribeLogStreams PutLogEvents',
  'redshift-data': 'DescribeStatement ExecuteStatement GetStatementResult',
  's3-object-lambda': 'WriteGetObjectResponse',
  s3: 'AbortMultipartUpload DeleteObject DeleteObjectVersion GetBucketLocation GetObject GetObjectTagging GetObjectVersion ListBucket ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts PutObject PutObjectTagging',
  secretsmanager: 'DescribeSecret GetSecretValue',
  sns: 'Publish',
  sqs: 'ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage',
  ssm: 'GetParameter GetParameters GetParametersByPath',
  sts: 'AssumeRole',
  xray: 'GetSamplingRules GetSamplingStatisticSummaries GetSamplingTargets PutTelemetryRecords PutTraceSegments',
};

export function isAction(action: string): boolean {
  const [service = '', name = ''] = action.split(':');
  return Object.hasOwn(ACTIONS, service) && (ACTIONS[service] as string).split(' ').includes(name);
}

/** Actions that have no resource of their own: `*` is the finest there is. */
const WITHOUT_RESOURCE = new Set([
  'cloudwatch:PutMetricData',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeVpcs',
  'lakeformation:GetDataAccess',
  ...(ACTIONS.xray as string).split(' ').map((name) => `xray:${name}`),
]);

export function hasNoResource(action: string): boolean {
  return WITHOUT_RESOURCE.has(action);
}

/** Metrics that services send and the schema's database leaves out. */
export const METRICS: Readonly<Record<string, readonly string[]>> = {
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  'AWS/Lambda': ['AsyncEventAge', 'AsyncEventsDropped', 'AsyncEventsReceived', 'ClaimedAccountConcurrency'],
  // https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
  'AWS/Kinesis': [
    'PutRecords.ThrottledRecords',
    'PutRecords.FailedRecords',
    'PutRecords.TotalRecords',
    'SubscribeToShardEvent.MillisBehindLatest',
  ],
  // https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
  'AWS/Firehose': [
    'BytesPerSecondLimit',
    'DeliveryToAmazonOpenSearchService.AuthFailure',
    'DeliveryToAmazonOpenSearchService.DataFreshness',
    'DeliveryToAmazonOpenSearchService.DeliveryRejected',
    'DeliveryToAmazonOpenSearchService.Success',
    'DeliveryToAmazonOpenSearchServerless.DataFreshness',
    'DeliveryToAmazonOpenSearchServerless.Success',
    'DeliveryToHttpEndpoint.DataFreshness',
    'DeliveryToHttpEndpoint.Success',
    'DeliveryToIceberg.Success',
    'DeliveryToS3.ObjectCount',
    'DeliveryToSnowflake.DataFreshness',
    'DeliveryToSnowflake.Success',
    'ExecuteProcessing.Duration',
    'ExecuteProcessing.Success',
    'JQProcessing.Duration',
    'PartitionCount',
    'PartitionCountExceeded',
    'PerPartitionThroughput',
    'PutRecordBatch.Requests',
    'RecordsPerSecondLimit',
    'SucceedConversion.Bytes',
    'SucceedConversion.Records',
    'SucceedProcessing.Bytes',
    'SucceedProcessing.Records',
    'FailedConversion.Bytes',
    'FailedConversion.Records',
    'ThrottledRecords',
  ],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
  'AWS/S3': ['AllRequests', 'GetRequests', 'PutRequests', 'BytesUploaded', '4xxErrors', '5xxErrors'],
};
