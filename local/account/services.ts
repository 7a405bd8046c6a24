import type { LocalCloudFormation } from '../cloudformation/cloudformation.ts';
import type { LocalTables } from '../dynamodb/tables.ts';
import type { LocalEventBus } from '../eventbridge/event-bus.ts';
import type { LocalFirehose } from '../firehose/firehose.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { LocalIam } from '../iam/iam.ts';
import type { LocalKeys } from '../keys/keys.ts';
import type { Kinesis } from '../kinesis/kinesis.ts';
import type { LocalFunctions } from '../lambda/functions.ts';
import type { LocalLogs } from '../logs/logs.ts';
import type { LocalMappings } from '../mappings/mappings.ts';
import type { LocalNotifications } from '../notifications/notifications.ts';
import type { LocalObjects } from '../s3/objects.ts';
import type { LocalQueues } from '../sqs/queues.ts';
import type { GlueTable } from './contracts.ts';
import type { Disk } from './disk.ts';

/** Every service of the account. */
export interface Services {
  readonly gateway: Gateway;
  readonly kinesis: Kinesis;
  readonly objects: LocalObjects;
  readonly queues: LocalQueues;
  readonly tables: LocalTables;
  readonly keys: LocalKeys;
  readonly iam: LocalIam;
  readonly cloudFormation: LocalCloudFormation;
  readonly eventBus: LocalEventBus;
  readonly notifications: LocalNotifications;
  readonly logs: LocalLogs;
  readonly functions: LocalFunctions;
  readonly mappings: LocalMappings;
  readonly firehose: LocalFirehose;
  /** Glue tables by `database.table`; filled as the template is read. */
  readonly catalog: Map<string, GlueTable>;
  readonly disk: Disk;
}
