/** Event source mappings: what polls streams and queues, and invokes functions with what it finds. */
import { randomUUID } from 'node:crypto';
import type {
  AwsService,
  Clock,
  Functions,
  Permits,
  Queues,
  Streams,
  TemplateResource,
  Worker,
} from '../account/contracts.ts';
import type { Targets } from '../account/targets.ts';
import { createMappingApi } from './api.ts';
import { assertFound } from './found.ts';
import { createGate, type Gate } from './gate.ts';
import type { Mapping } from './mapping.ts';
import { assertPermitted } from './permissions.ts';
import { MappingError, type Properties } from './properties.ts';
import { createQueueMapping } from './queue-mapping.ts';
import { type MappingSettings, type QueueSettings, readSettings, type StreamSettings } from './settings.ts';
import { createStreamMapping, type SourcePoller } from './stream-mapping.ts';
import { createTally, type MappingFigures, type MappingTally } from './tally.ts';

export interface MappingsOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly functions: Functions;
  readonly streams?: Streams;
  readonly queues?: Queues;
  /** Where on-failure documents go, as the function's role may reach them. */
  readonly targets?: (role: string | undefined) => Targets | undefined;
  /** What functions' roles are held to; anything goes where it is absent. */
  readonly permits?: Permits;
}

export interface LocalMappings extends AwsService, Worker {
  /**
   * Creates a mapping (AWS::Lambda::EventSourceMapping) and begins to poll. `id` is its UUID, a new one unless told.
   * Throws `MappingError` for what Lambda would refuse.
   */
  create(resource: TemplateResource, id?: string): void;
  remove(id: string): void;
  /** Sends what waits for a batching window to end, and closes tumbling windows before their time: for the end of a run. */
  flush(): void;
  figures(): readonly MappingFigures[];
}

export function createMappings(options: MappingsOptions): LocalMappings {
  const mappings = new Map<string, Mapping>();
  const { clock } = options;

  const roleOf = (settings: MappingSettings) => options.functions.roleOf?.(settings.functionName);

  function read(properties: Properties): MappingSettings {
    const settings = readSettings(properties);
    const role = roleOf(settings);
    if (role !== undefined && options.permits !== undefined) assertPermitted(settings, role, options.permits);
    return settings;
  }

  function add(properties: Properties, id: string): Mapping {
    const settings = read(properties);
    assertFound(settings, options);
    const gate = createGate(settings.enabled);
    const tally = createTally();
    const poller = createPoller(id, settings, gate, tally);
    const mapping: Mapping = {
      id,
      arn: `arn:aws:lambda:${options.region}:${options.accountId}:event-source-mapping:${id}`,
      functionArn: options.functions.arnOf(settings.functionName),
      properties,
      settings,
      lastModified: clock.now(),
      gate,
      tally,
      poller,
    };
    mappings.set(id, mapping);
    if (settings.enabled) poller.start();
    return mapping;
  }

  function createPoller(id: string, settings: MappingSettings, gate: Gate, tally: MappingTally): SourcePoller {
    const current = () => mappings.get(id)?.settings ?? settings;
    const { functions, region, streams, queues } = options;
    const targets = () => options.targets?.(roleOf(current()));
    const shared = { id, clock, region, functions, gate, tally, targets };
    if (settings.kind === 'stream') {
      if (streams === undefined) throw new MappingError('EventSourceArn names a stream, and there are none');
      return createStreamMapping({ ...shared, streams, settings: () => current() as StreamSettings });
    }
    if (queues === undefined) throw new MappingError('EventSourceArn names a queue, and there are none');
    return createQueueMapping({ ...shared, queues, settings: () => current() as QueueSettings });
  }

  function update(mapping: Mapping, changes: Properties): void {
    const properties = { ...mapping.properties, ...changes };
    const settings = read(properties);
    if (settings.kind !== mapping.settings.kind) throw new MappingError('EventSourceArn can’t be changed');
    Object.assign(mapping, { properties, settings, lastModified: clock.now() });
    mapping.gate.set(settings.enabled);
    if (settings.enabled) mapping.poller.start();
  }

  function remove(id: string): void {
    const mapping = mappings.get(id);
    mappings.delete(id);
    mapping?.gate.close();
    mapping?.poller.stop();
  }

  return {
    ...createMappingApi({ all: () => [...mappings.values()], get: (id) => mappings.get(id), add, update, remove }),
    names: [],
    create: (resource, id = randomUUID()) => {
      try {
        add(resource.properties, id);
      } catch (cause) {
        if (!(cause instanceof MappingError)) throw cause;
        throw new MappingError(`${resource.logicalId}: ${cause.message}`);
      }
    },
    remove,
    flush() {
      for (const { poller } of mappings.values()) poller.hurry();
    },
    figures: () => Array.from(mappings.values(), figuresOf),
    idle: () => Array.from(mappings.values()).every(({ poller }) => poller.idle()),
    async stop() {
      for (const id of [...mappings.keys()]) remove(id);
    },
  };
}

function figuresOf(mapping: Mapping): MappingFigures {
  const { lastResult: _lastResult, ...tally } = mapping.tally;
  return {
    id: mapping.id,
    eventSourceArn: mapping.settings.eventSourceArn,
    functionArn: mapping.functionArn,
    ...tally,
    discarded: { ...tally.discarded },
    iteratorAgeMs: mapping.poller.iteratorAgeMs(),
  };
}
