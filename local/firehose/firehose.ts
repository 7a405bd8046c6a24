/**
 * Data Firehose: delivery streams, fed by puts or from Kinesis streams, into S3 (and HTTP endpoints).
 * https://docs.aws.amazon.com/firehose/latest/APIReference/Welcome.html
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  AwsService,
  Clock,
  DeliveryStreams,
  Faults,
  Functions,
  GlueTable,
  Objects,
  Streams,
  TemplateResource,
  Worker,
} from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { awsJsonService, type JsonObject } from '../gateway/json-service.ts';
import { type DeliveryStreamTable, firehoseOperations } from './api.ts';
import { createEntry, type Entry, type EntryOptions } from './entry.ts';
import { unknownStream } from './errors.ts';
import type { DeliveryFigures } from './figures.ts';
import { createMemory } from './memory.ts';
import { createTurns } from './turns.ts';

export interface FirehoseOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly functions: Functions;
  readonly streams: Streams;
  readonly objects: Objects;
  /** The Glue table that a conversion names. */
  readonly tables: (database: string, table: string) => GlueTable | undefined;
  readonly accountId: string;
  readonly region: string;
  /** For buffers that don't fit in memory, and for what could not be delivered. A folder of its own under the data folder. */
  readonly folder?: string;
  /** For all buffers together, bytes; 64 MiB unless told. */
  readonly memoryBytes?: number;
  /** How long S3 is tried, ms; a day unless told, as on AWS. */
  readonly retryMs?: number;
  /** Invocations of one transform at once; 2 unless told. */
  readonly parallel?: number;
  /** The services as the roles of a configuration may use them. Throws for a role that can't be used at all. */
  readonly assume?: NonNullable<EntryOptions['assume']>;
}

export interface LocalFirehose extends AwsService, Worker, DeliveryStreams {
  /**
   * Makes an AWS::KinesisFirehose::DeliveryStream, by its own name unless another is given. Throws, naming it, what
   * CloudFormation would fail with.
   */
  create(resource: TemplateResource, name?: string): void;
  /** Delivers what is buffered now, in every delivery stream: for the end of a run. */
  flush(): Promise<void>;
  figures(): readonly DeliveryFigures[];
}

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
/** Objects that are put together at once: each holds all its bytes in memory. */
const OBJECTS_AT_ONCE = 1;

export function createFirehose(options: FirehoseOptions): LocalFirehose {
  const { accountId } = options;
  const entries = new Map<string, Entry>();
  /** Of deleted streams, for the account of a whole run. */
  const past: Entry[] = [];
  const folder = options.folder ?? join(tmpdir(), `sluice-firehose-${process.pid}`);
  // Left by a run that was killed: its records are not this run's.
  rmSync(join(folder, 'buffers'), { recursive: true, force: true });
  const shared: Omit<EntryOptions, 'name'> = {
    ...options,
    folder,
    memory: createMemory(options.memoryBytes ?? 32 * MIB),
    retryMs: options.retryMs ?? DAY_MS,
    parallel: options.parallel ?? 2,
    turn: createTurns(OBJECTS_AT_ONCE),
  };

  function find(name: string): Entry {
    const plain = name.startsWith('arn:') ? name.slice(name.lastIndexOf('/') + 1) : name;
    const entry = entries.get(plain);
    if (entry === undefined) throw unknownStream(plain, accountId);
    return entry;
  }

  function make(name: string, request: JsonObject): Entry {
    if (entries.has(name)) throw inUse(name, accountId);
    const entry = createEntry(request, { ...shared, name });
    entries.set(name, entry);
    return entry;
  }

  const streams: DeliveryStreamTable = {
    make,
    find,
    async remove(entry) {
      entries.delete(entry.name);
      past.push(entry);
      await entry.stop();
    },
    all: () => [...entries.values()],
  };

  const service = awsJsonService({
    names: ['firehose'],
    targetPrefix: 'Firehose_20150804',
    version: '1.1',
    operations: firehoseOperations(streams, (name) => options.faults.firehosePut?.(name)),
  });

  return {
    ...service,
    create({ logicalId, type, properties }, name = String(properties.DeliveryStreamName ?? logicalId)) {
      try {
        make(name, properties);
      } catch (cause) {
        if (!(cause instanceof Error)) throw cause;
        throw new Error(`${logicalId} (${type}): ${cause.message}`, { cause });
      }
    },
    async put(deliveryStream, records) {
      const entry = find(deliveryStream);
      for (const data of records) {
        await entry.room();
        entry.take(data);
      }
    },
    async flush() {
      await Promise.all([...entries.values()].map((entry) => entry.flush()));
    },
    figures: () => [...past, ...entries.values()].map((entry) => entry.figures()),
    idle: () => [...entries.values()].every((entry) => entry.idle()),
    async stop() {
      await Promise.all([...entries.values()].map((entry) => entry.stop()));
      rmSync(join(folder, 'buffers'), { recursive: true, force: true });
    },
  };
}

function inUse(name: string, accountId: string): AwsError {
  return new AwsError('ResourceInUseException', `Firehose ${name} under accountId ${accountId} already exists`);
}
