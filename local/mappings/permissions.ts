/** What a function's role must be allowed for a mapping; Lambda asks for it when the mapping is made. */
import type { Permits } from '../account/contracts.ts';
import { MappingError } from './properties.ts';
import type { MappingSettings, StreamSettings } from './settings.ts';

/** Throws `MappingError` in Lambda's words. */
export function assertPermitted(settings: MappingSettings, role: string, permits: Permits): void {
  if (settings.kind === 'stream') {
    assertStream(settings, role, permits);
    return;
  }
  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
  for (const action of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']) {
    if (permits(role, `sqs:${action}`, settings.eventSourceArn)) continue;
    throw new MappingError(`The function execution role does not have permissions to call ${action} on SQS`);
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html */
function assertStream(settings: StreamSettings, role: string, permits: Permits): void {
  const { streamArn, eventSourceArn, onFailureArn } = settings;
  const may = (action: string): boolean => permits(role, `kinesis:${action}`, streamArn);
  const reads = ['GetRecords', 'GetShardIterator', 'ListShards'].every(may);
  if (!reads || !(may('DescribeStreamSummary') || may('DescribeStream'))) {
    throw new MappingError(
      `Cannot access stream ${streamArn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, ListShards, and ListStreams Actions on your stream in IAM.`,
    );
  }
  if (settings.fanOut && !permits(role, 'kinesis:SubscribeToShard', eventSourceArn)) {
    throw new MappingError(`The role ${role} may not perform kinesis:SubscribeToShard on ${eventSourceArn}`);
  }
  if (onFailureArn === undefined) return;
  const [service = '', action] = DESTINATIONS[onFailureArn.split(':')[2] ?? ''] ?? [];
  if (action === undefined) return;
  const resource = action === 's3:PutObject' ? `${onFailureArn}/aws/lambda/*` : onFailureArn;
  if (permits(role, action, resource)) return;
  throw new MappingError(
    `The provided execution role does not have permissions to call ${action.split(':')[1]} on ${service}`,
  );
}

const DESTINATIONS: Readonly<Record<string, readonly [string, string]>> = {
  sqs: ['SQS', 'sqs:SendMessage'],
  sns: ['SNS', 'sns:Publish'],
  s3: ['S3', 's3:PutObject'],
};
