import { eventBridge } from './eventbridge.ts';
import { firehose } from './firehose.ts';
import { kinesis } from './kinesis.ts';
import { s3 } from './s3.ts';
import { sqs } from './sqs.ts';

export { eventBridge, firehose, kinesis, s3, sqs };

/** Every destination, by the word that a pipeline's author writes in `deliver`. */
export const destinations = { firehose, kinesis, sqs, eventBridge, s3 };
