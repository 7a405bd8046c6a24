import { eventBridge } from './eventbridge.ts';
import { firehose } from './firehose.ts';
import { kinesis } from './kinesis.ts';
import { s3 } from './s3.ts';
import { sqs } from './sqs.ts';

/** Every destination, by the word that a pipeline's author writes in `deliver`. */
export const destinations = { firehose, kinesis, sqs, eventBridge, s3 };
