/** CloudWatch Logs sends a test message before it makes a subscription: it is not made when nothing is there to take it. */
import type { Functions, Streams } from '../account/contracts.ts';

export interface Destinations {
  readonly functions: Pick<Functions, 'figures'>;
  readonly streams: Pick<Streams, 'shards'>;
  readonly deliveryStreams: { figures(): readonly { readonly name: string }[] };
}

/** AWS's words where the destination of a subscription does not exist. */
export function missingDestination(arn: string, destinations: Destinations): string | undefined {
  const service = arn.split(':')[2];
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  if (service === 'kinesis' && !hasStream(arn, destinations.streams))
    return untaken('Kinesis stream', 'kinesis stream');
  const isIn = (all: readonly { readonly name: string }[], wanted: string) => all.some((each) => each.name === wanted);
  if (service === 'firehose' && !isIn(destinations.deliveryStreams.figures(), name)) {
    return untaken('Firehose stream', 'Firehose stream');
  }
  if (service === 'lambda' && !isIn(destinations.functions.figures(), arn.split(':')[6] ?? '')) {
    return 'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.';
  }
  return undefined;
}

function untaken(specified: string, given: string): string {
  return `Could not deliver test message to specified ${specified}. Check if the given ${given} is in ACTIVE state.`;
}

function hasStream(arn: string, streams: Pick<Streams, 'shards'>): boolean {
  try {
    return streams.shards(arn).length > 0;
  } catch {
    return false;
  }
}
