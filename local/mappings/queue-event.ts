/** The event of an SQS event source mapping. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
import { createHash } from 'node:crypto';
import type { QueueMessage, QueueMessageAttribute } from '../account/contracts.ts';

export function queueRecord(message: QueueMessage, origin: { arn: string; region: string }): string {
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(message.messageAttributes ?? {})) attributes[name] = attributeOf(value);
  return JSON.stringify({
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: attributes,
    md5OfBody: createHash('md5').update(message.body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: origin.arn,
    awsRegion: origin.region,
  });
}

function attributeOf(attribute: QueueMessageAttribute): Record<string, unknown> {
  return {
    ...(attribute.StringValue === undefined ? {} : { stringValue: attribute.StringValue }),
    ...(attribute.BinaryValue === undefined ? {} : { binaryValue: attribute.BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: attribute.DataType,
  };
}
