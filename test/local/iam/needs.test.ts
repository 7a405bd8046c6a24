import { describe, expect, it } from 'vitest';
import type { AwsRequest } from '../../../local/account/contracts.ts';
import { needsOf } from '../../../local/iam/needs.ts';

const PLACE = { accountId: '000000000000', region: 'us-east-1' };

function needs(service: string, operation: string | undefined, more: Partial<AwsRequest> & { input?: object } = {}) {
  const { input, ...rest } = more;
  const request: AwsRequest = {
    service,
    operation,
    method: 'POST',
    url: '/',
    headers: {},
    body: Buffer.from(input === undefined ? '' : JSON.stringify(input)),
    accessKeyId: 'local',
    ...rest,
  };
  return needsOf(request, PLACE).map(({ action, resource }) => `${action} ${resource}`);
}

const of = (service: string, resource: string) => `arn:aws:${service}:us-east-1:000000000000:${resource}`;

describe('a request needs', () => {
  it.each([
    ['kinesis', 'PutRecords', { StreamName: 'events' }, [`kinesis:PutRecords ${of('kinesis', 'stream/events')}`]],
    ['kinesis', 'ListStreams', {}, ['kinesis:ListStreams *']],
    [
      'firehose',
      'PutRecordBatch',
      { DeliveryStreamName: 'out' },
      [`firehose:PutRecordBatch ${of('firehose', 'deliverystream/out')}`],
    ],
    [
      'sqs',
      'SendMessageBatch',
      { QueueUrl: 'http://127.0.0.1:1/000000000000/q' },
      [`sqs:SendMessage ${of('sqs', 'q')}`],
    ],
    ['dynamodb', 'Query', { TableName: 't', IndexName: 'i' }, [`dynamodb:Query ${of('dynamodb', 'table/t/index/i')}`]],
    [
      'dynamodb',
      'BatchWriteItem',
      { RequestItems: { a: [], b: [] } },
      [`dynamodb:BatchWriteItem ${of('dynamodb', 'table/a')}`, `dynamodb:BatchWriteItem ${of('dynamodb', 'table/b')}`],
    ],
    [
      'dynamodb',
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName: 'a' } }, { ConditionCheck: { TableName: 'b' } }] },
      [`dynamodb:PutItem ${of('dynamodb', 'table/a')}`, `dynamodb:ConditionCheckItem ${of('dynamodb', 'table/b')}`],
    ],
    [
      'secretsmanager',
      'GetSecretValue',
      { SecretId: 'key' },
      [`secretsmanager:GetSecretValue ${of('secretsmanager', 'secret:key')}`],
    ],
    ['ssm', 'GetParameter', { Name: '/a/b' }, [`ssm:GetParameter ${of('ssm', 'parameter/a/b')}`]],
    ['kms', 'Decrypt', { KeyId: 'id' }, [`kms:Decrypt ${of('kms', 'key/id')}`]],
    [
      'logs',
      'PutLogEvents',
      { logGroupName: '/a', logStreamName: 's' },
      [`logs:PutLogEvents ${of('logs', 'log-group:/a:log-stream:s')}`],
    ],
    [
      'events',
      'PutEvents',
      { Entries: [{}, { EventBusName: 'own' }] },
      [`events:PutEvents ${of('events', 'event-bus/default')}`, `events:PutEvents ${of('events', 'event-bus/own')}`],
    ],
    ['sts', 'GetCallerIdentity', {}, []],
    ['glue', 'GetTable', {}, ['glue:GetTable *']],
  ])('of %s %s', (service, operation, input, expected) => {
    expect(needs(service, operation, { input })).toEqual(expected);
  });

  it.each([
    ['PUT', '/lake/a/b%20c', {}, ['s3:PutObject arn:aws:s3:::lake/a/b c']],
    [
      'PUT',
      '/lake/a',
      { 'x-amz-tagging': 'k=v' },
      ['s3:PutObject arn:aws:s3:::lake/a', 's3:PutObjectTagging arn:aws:s3:::lake/a'],
    ],
    [
      'PUT',
      '/lake/a',
      { 'x-amz-copy-source': '/other/b%2Bc' },
      ['s3:PutObject arn:aws:s3:::lake/a', 's3:GetObject arn:aws:s3:::other/b+c'],
    ],
    ['HEAD', '/lake/a', {}, ['s3:GetObject arn:aws:s3:::lake/a']],
    ['POST', '/lake/a?uploads', {}, ['s3:PutObject arn:aws:s3:::lake/a']],
    ['DELETE', '/lake/a?uploadId=1', {}, ['s3:AbortMultipartUpload arn:aws:s3:::lake/a']],
    ['GET', '/lake?list-type=2&prefix=x', {}, ['s3:ListBucket arn:aws:s3:::lake']],
    ['POST', '/lake?delete', {}, ['s3:DeleteObject arn:aws:s3:::lake/*']],
    ['GET', '/', {}, ['s3:ListAllMyBuckets *']],
  ])('of S3 %s %s', (method, url, headers, expected) => {
    expect(needs('s3', undefined, { method, url, headers })).toEqual(expected);
  });

  it('of Lambda, by the name in the path', () => {
    const url = '/2015-03-31/functions/replayer/invocations';
    expect(needs('lambda', 'Invoke', { url })).toEqual([`lambda:InvokeFunction ${of('lambda', 'function:replayer')}`]);
  });

  it('what its operation says, when its body can’t be read', () => {
    expect(needs('kinesis', 'PutRecord', { body: Buffer.from('{"StreamName":') })).toEqual(['kinesis:PutRecord *']);
  });
});
