import type { Destination } from '../../shared/delivery/destination.ts';
import { firehoseDestination } from '../../shared/delivery/firehose.ts';
import { kinesisDestination } from '../../shared/delivery/kinesis.ts';
import { putAll } from '../../shared/delivery/put-all.ts';
import { count } from '../../shared/platform/metrics.ts';
import type { Origin } from '../../shared/sources/firehose-batch.ts';
import type { Reingest } from '../../shared/sources/firehose-respond.ts';

/** Puts records back where they came from. The SDK's client is loaded by the first request. */
export const reingest: Reingest = async (origin, entries, deadline) => {
  const puts = entries.map((entry) => ({ ...entry, documents: 1 }));
  const results = await putAll(destinationOf(origin), puts, { deadline });
  for (const result of results) {
    if (result.kind === 'failed') count('ReingestFailed', 1, { code: result.failure.code });
  }
  return results.map(({ kind }) => kind === 'confirmed');
};

/** Order is nobody's promise once a record goes round: keys need not wait for each other. */
function destinationOf(origin: Origin): Destination {
  return origin.kind === 'stream'
    ? kinesisDestination({ stream: origin.arn, order: 'none' })
    : firehoseDestination({ stream: origin.name, joinBytes: 0, order: 'none' });
}
