import type { Faults } from '../account/contracts.ts';
import { CRASHING_KEY } from '../generator/clickstream.ts';

const MARK = `"partitionKey":"${CRASHING_KEY}`;

/**
 * A bug for the main job to survive: the consumer's process is killed whenever a marked event is in its batch. The
 * function returned deploys the fix.
 */
export function breakConsumer(faults: Faults, consumerName: string): () => void {
  faults.invoke = (functionName, payload) =>
    functionName === consumerName && payload.includes(MARK) ? 'crash-at-start' : undefined;
  return () => {
    delete faults.invoke;
  };
}
