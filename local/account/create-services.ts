/** Makes every service of the account and joins them to one another. */
import { join } from 'node:path';
import { createCloudFormation } from '../cloudformation/cloudformation.ts';
import { createTables } from '../dynamodb/tables.ts';
import { createRegistry } from '../ecr/registry.ts';
import { createEventBus } from '../eventbridge/event-bus.ts';
import { createFirehose, type LocalFirehose } from '../firehose/firehose.ts';
import { createGateway, reportInternal } from '../gateway/gateway.ts';
import { callerRefusal, targetsAs, targetsOfService } from '../iam/as-role.ts';
import { deliveryServices } from '../iam/delivery-roles.ts';
import { createIam } from '../iam/iam.ts';
import { createKeys } from '../keys/keys.ts';
import { createKinesis } from '../kinesis/kinesis.ts';
import { createFunctions, type LocalFunctions } from '../lambda/functions.ts';
import { createLogs } from '../logs/logs.ts';
import { missingDestination } from '../logs/missing-destination.ts';
import { createMappings, type LocalMappings } from '../mappings/mappings.ts';
import { createNotifications } from '../notifications/notifications.ts';
import { createObjects } from '../s3/objects.ts';
import { createQueues } from '../sqs/queues.ts';
import type { Clock, Faults, GlueTable } from './contracts.ts';
import { type Disk, noteDiskFault, watchDisk } from './disk.ts';
import { createProvisioner } from './provisioner.ts';
import type { Services } from './services.ts';
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

export async function createServices(options: ServiceOptions): Promise<Services> {
  const { clock, faults, dataDir } = options;
  const place = { accountId: ACCOUNT_ID, region: REGION };
  const disk: Disk = { fault: undefined };
  const gateway = await createGateway({
    faults,
    authorize: (request) => iam.authorize(request),
    onInternalError(service, operation, error) {
      if (!noteDiskFault(disk, error)) reportInternal(service, operation, error);
    },
    ...(options.port !== undefined && { port: options.port }),
  });
  const catalog = new Map<string, GlueTable>();
  const objects = watchDisk(createObjects({ clock, faults, region: REGION, dataDir }), disk);
  const kinesis = createKinesis({ ...place, clock, faults, dataDir, limits: options.limits ?? true });
  const queues = createQueues({ ...place, clock, faults, endpoint: gateway.endpoint });
  const keys = createKeys({ ...place, clock });
  const eventBus = createEventBus({ ...place, clock });
  const tables = createTables({ ...place, clock, dataDir });
  const targets = createTargets(() => ({ functions, objects, queues, streams: kinesis, deliveryStreams: firehose }));
  const notifications = createNotifications({
    ...place,
    clock,
    objects,
    targets: (caller) => targetsOfService(iam.access, caller, targets),
    refusal: (caller, targetArn) => callerRefusal(iam.access, caller, targetArn)?.message,
  });
  const targetsOf = (role: string | undefined) => (role === undefined ? targets : targetsAs(iam.access, role, targets));
  const iam = createIam({
    ...place,
    clock,
    functionOf(accessKeyId) {
      const name = functions.functionOf(accessKeyId);
      return name === undefined ? undefined : { name, roleArn: functions.roleOf(name) };
    },
    roleOf: (name) => functions.roleOf(name),
    functionArn: (name) => functions.arnOf(name),
    keyArn: (reference) => keys.keyArn(reference),
  });
  const logs = createLogs({
    ...place,
    clock,
    destinations: () => ({ functions, streams: kinesis, deliveryStreams: firehose }),
    refusal: (subscription, logGroup) =>
      missingDestination(subscription.destinationArn, { functions, streams: kinesis, deliveryStreams: firehose }) ??
      iam.refuseSubscription(subscription, logGroup),
  });
  const functions: LocalFunctions = createFunctions({
    ...place,
    clock,
    faults,
    endpoint: () => gateway.endpoint,
    targets: targetsOf,
    objects,
    eventSourceMappings: () => mappings,
    log({ functionName, logGroup, logStream, text }) {
      if (iam.mayWriteLogs(functionName, logGroup, logStream)) logs.append(logGroup, logStream, text);
    },
    ...(options.processes !== undefined && { processes: options.processes }),
  });
  const mappings: LocalMappings = createMappings({
    ...place,
    clock,
    functions,
    streams: kinesis,
    queues,
    targets: targetsOf,
    permits: iam.permits,
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
    assume: (configuration) =>
      deliveryServices(configuration, { ...place, access: iam.access, functions, streams: kinesis, objects }),
  });
  eventBus.onEvent(({ detail, bus: _bus, ...event }) =>
    notifications.publish({ ...event, detail: JSON.parse(detail) }),
  );
  const cloudFormation = createCloudFormation({
    ...place,
    clock,
    objects,
    endpoint: () => gateway.endpoint,
    provisioner: createProvisioner(() => services),
  });
  const others = [...keys.services, eventBus, iam.identity, cloudFormation, createRegistry()];
  for (const service of [kinesis, iam.withoutHints(objects), queues, tables, functions, firehose, logs, ...others]) {
    gateway.register(service);
  }
  const stores = { disk, kinesis, objects, queues, tables, keys, eventBus, notifications, logs, catalog };
  const services: Services = { gateway, iam, cloudFormation, functions, mappings, firehose, ...stores };
  return services;
}
