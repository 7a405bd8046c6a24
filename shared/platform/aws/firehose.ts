export { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
