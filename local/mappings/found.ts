/** Lambda looks up both ends of a mapping before it makes one. */
import type { Functions, Streams } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { MappingError } from './properties.ts';
import type { MappingSettings } from './settings.ts';

export interface Ends {
  readonly functions: Functions;
  readonly streams?: Streams;
}

/** Throws in Lambda's words for a function or a stream that is not there. */
export function assertFound(settings: MappingSettings, { functions, streams }: Ends): void {
  const { functionName } = settings;
  // Each function has a role.
  if (functions.roleOf !== undefined && functions.roleOf(functionName) === undefined) {
    const message = `Function not found: ${functions.arnOf(functionName)}`;
    throw new AwsError('ResourceNotFoundException', message, { status: 404 });
  }
  if (settings.kind !== 'stream' || streams === undefined) return;
  try {
    streams.shards(settings.streamArn);
  } catch (cause) {
    throw new MappingError(`Stream not found: ${settings.eventSourceArn}`, { cause });
  }
}
