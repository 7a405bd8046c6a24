import { JSONStringified } from '@aws-lambda-powertools/parser/helpers';
import {
  KinesisFirehoseRecordSchema,
  KinesisFirehoseSchema,
} from '@aws-lambda-powertools/parser/schemas/kinesis-firehose';
import * as z from 'zod';
import type { TransformationEvent } from './clickstream.ts';
import { answerOf, transformParsed } from './usual-way.ts';

const Event = z.looseObject({ eventId: z.string(), eventType: z.string(), timestamp: z.string() });
const Batch = KinesisFirehoseSchema.extend({
  records: z.array(
    KinesisFirehoseRecordSchema.extend({ data: KinesisFirehoseRecordSchema.shape.data.pipe(JSONStringified(Event)) }),
  ),
});

/**
 * Powertools for AWS Lambda: its parser decodes and checks the event, the rest is the usual way, since it has no steps of
 * its own for Firehose (its batch utility answers SQS, Kinesis and DynamoDB). One bad record fails the batch.
 */
export function powertoolsWay(batch: TransformationEvent, key: string): { records: unknown[] } {
  const parsed = Batch.parse(batch);
  return {
    records: parsed.records.map(({ recordId, data }, index) =>
      answerOf(recordId, batch.records[index]!.data, data, transformParsed(data, key)),
    ),
  };
}
