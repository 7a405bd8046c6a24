import type { KinesisBatch, KinesisBatchResponse } from '../../shared/sources/kinesis.ts';

/**
 * How often batches were tried, as far as this process knows: a mapping does not tell. A shard's batch that begins where the
 * last answer said to begin again is the next try of the same.
 */
export function createAttempts() {
  const failures = new Map<string, { from: string; attempt: number }>();
  const attemptOf = ({ streamArn, shardId, units }: KinesisBatch): number => {
    const failure = failures.get(`${streamArn} ${shardId}`);
    return failure !== undefined && failure.from === units[0] ? failure.attempt + 1 : 1;
  };
  return {
    /** From 1. */
    of: attemptOf,
    answered: (batch: KinesisBatch, { batchItemFailures }: KinesisBatchResponse): void => {
      const key = `${batch.streamArn} ${batch.shardId}`;
      const from = batchItemFailures[0]?.itemIdentifier;
      if (from === undefined) failures.delete(key);
      else failures.set(key, { from, attempt: from === batch.units[0] ? attemptOf(batch) : 1 });
    },
  };
}
