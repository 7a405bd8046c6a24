import type { Gate } from './gate.ts';
import type { Properties } from './properties.ts';
import type { MappingSettings } from './settings.ts';
import type { SourcePoller } from './stream-mapping.ts';
import type { MappingTally } from './tally.ts';

/** A mapping that is there. */
export interface Mapping {
  readonly id: string;
  readonly arn: string;
  readonly functionArn: string;
  /** As they were given, and updated. */
  properties: Properties;
  settings: MappingSettings;
  /** Epoch milliseconds. */
  lastModified: number;
  readonly gate: Gate;
  readonly tally: MappingTally;
  readonly poller: SourcePoller;
}
