/** Every service of the account, made and joined to one another. */
import { join } from 'node:path';
import { createTables, type LocalTables } from '../dynamodb/tables.ts';
import { createEventBus, type LocalEventBus } from '../eventbridge/event-bus.ts';
import { createFirehose, type LocalFirehose } from '../firehose/firehose.ts';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import { createKeys, type LocalKeys } from '../keys/keys.ts';
import { createKinesis, type Kinesis } from '../kinesis/kinesis.ts';
import { createFunctions, type LocalFunctions } from '../lambda/functions.ts';
import { createLogs, type LocalLogs } from '../logs/logs.ts';
import { createMappings, type LocalMappings } from '../mappings/mappings.ts';
import { createObjects, type LocalObjects } from '../s3/objects.ts';
import { createQueues, type LocalQueues } from '../sqs/queues.ts';
import { createIdentity } from '../sts/identity.ts';
import type { Clock, Faults, GlueTable } from './contracts.ts';
import { createTargets } from './targets.ts';

export const ACCOUNT_ID = '000000000000';
export const REGION = 'us-east-1';

export interface ServiceOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly dataDir: string;
  readonly port?: number;
  /** Whether clients meet the shards' limits. */
  readonly limits?: boolean;
  /** How many processes a function may have at once. */
  readonly processes?: number;
}

export interface Services {
  readonly gateway: Gateway;
  readonly kinesis: Kinesis;
  readonly objects: LocalObjects;
  readonly queues: LocalQueues;
  readonly tables: LocalTables;
  readonly keys: LocalKeys;
  readonly eventBus: LocalEventBus;
  readonly logs: LocalLogs;
  readonly functions: LocalFunctions;
  readonly mappings: LocalMappings;
  readonly firehose: LocalFirehose;
  /** Glue tables by `database.table`; filled as the template is read. */
  readonly catalog: Map<string, GlueTable>;
}

export async function createServices(options: ServiceOptions): Promise<Services> {
  const { clock, faults, dataDir } = options;
  const place = { accountId: ACCOUNT_ID, region: REGION };
  const gateway = await createGateway({ faults, ...(options.port !== undefined && { port: options.port }) });
  const catalog = new Map<string, GlueTable>();
  const objects = createObjects({ clock, faults, region: REGION, dataDir });
  const kinesis = createKinesis({ ...place, clock, faults, dataDir, limits: options.limits ?? true });
  const queues = createQueues({ ...place, clock, faults, endpoint: gateway.endpoint });
  const keys = createKeys({ ...place, clock });
  const eventBus = createEventBus({ ...place, clock });
  const identity = createIdentity({ ...place, clock });
  const tables = createTables({ ...place, clock });
  const targets = createTargets(() => ({ functions, objects, queues, streams: kinesis, deliveryStreams: firehose }));
  const logs = createLogs({
    ...place,
    clock,
    destinations: () => ({ functions, streams: kinesis, deliveryStreams: firehose }),
  });
  const functions: LocalFunctions = createFunctions({
    ...place,
    clock,
    faults,
    endpoint: () => gateway.endpoint,
    targets: () => targets,
    objects,
    eventSourceMappings: () => mappings,
    log: ({ logGroup, logStream, text }) => logs.append(logGroup, logStream, text),
    ...(options.processes !== undefined && { processes: options.processes }),
  });
  const mappings: LocalMappings = createMappings({
    ...place,
    clock,
    functions,
    streams: kinesis,
    queues,
    targets: () => targets,
  });
  const firehose: LocalFirehose = createFirehose({
    ...place,
    clock,
    faults,
    functions,
    streams: kinesis,
    objects,
    tables: (database, table) => catalog.get(`${database}.${table}`),
    folder: join(dataDir, 'firehose'),
  });
  const others = [...keys.services, eventBus, identity];
  for (const service of [kinesis, objects, queues, tables, functions, firehose, logs, ...others]) {
    gateway.register(service);
  }
  return { gateway, kinesis, objects, queues, tables, keys, eventBus, logs, functions, mappings, firehose, catalog };
}
