/** A delivery stream by its name: its configuration, which can change, and what is fed to it. */
import type { Clock, Functions, GlueTable, Objects, Streams } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { JsonObject } from '../gateway/json-service.ts';
import { createDeliveryStream, type DeliveryStream } from './delivery-stream.ts';
import { DESTINATION_ID, describeStream } from './description.ts';
import { readEncryption } from './encryption.ts';
import { invalidArgument, slowDown } from './errors.ts';
import { createTally, type DeliveryFigures } from './figures.ts';
import { createKinesisSource, type KinesisSource } from './kinesis-source.ts';
import type { Memory } from './memory.ts';
import type { PutTarget } from './puts.ts';
import { createSequence, type Source } from './record.ts';
import { configure, kinesisSourceOf } from './stream-configuration.ts';
import { addTags, type Tags } from './tags.ts';
import { updatedConfiguration } from './update.ts';

export interface Entry {
  readonly name: string;
  readonly arn: string;
  readonly type: 'DirectPut' | 'KinesisStreamAsSource';
  readonly tags: Tags;
  /** Takes a record from inside the account. Gives its id. */
  take(data: Buffer): string;
  room(): Promise<void>;
  /** For the puts of clients. Throws where AWS refuses them. */
  directPut(): PutTarget;
  describe(): object;
  update(request: JsonObject): void;
  /** Starts to encrypt with another key, or stops to. */
  encrypt(wanted: JsonObject | undefined): void;
  flush(): Promise<void>;
  figures(): DeliveryFigures;
  idle(): boolean;
  stop(): Promise<void>;
}

export interface EntryOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly functions: Functions;
  readonly streams: Streams;
  readonly objects: Objects;
  readonly tables: (database: string, table: string) => GlueTable | undefined;
  readonly accountId: string;
  readonly region: string;
  readonly folder: string;
  readonly memory: Memory;
  readonly retryMs: number;
  readonly parallel: number;
  readonly turn: () => Promise<() => void>;
  /** The services as the roles of a configuration may use them. Throws for a role that can't be used at all. */
  readonly assume?: (configuration: JsonObject) => Pick<EntryOptions, 'functions' | 'streams' | 'objects'>;
}

/** How long a put waits for room before it is told to slow down, ms. */
const LONGEST_PUT_WAIT_MS = 20_000;

/** Makes the stream of a CreateDeliveryStream request. */
export function createEntry(request: JsonObject, options: EntryOptions): Entry {
  const { name, clock, accountId, region } = options;
  const arn = `arn:aws:firehose:${region}:${accountId}:deliverystream/${name}`;
  const sourceArn = kinesisSourceOf(request, options.streams);
  const type = sourceArn === undefined ? 'DirectPut' : 'KinesisStreamAsSource';
  const tags: Tags = new Map();
  addTags(tags, request.Tags);
  const created = clock.now();
  const tally = createTally();
  const nextSequence = createSequence();
  let configured = configure(request, options);
  let encryption = readEncryption(request.DeliveryStreamEncryptionConfigurationInput, sourceArn !== undefined);
  let version = 1;
  let updated: number | undefined;
  let current = start();
  /** Of earlier configurations, still delivering. */
  const earlier = new Set<DeliveryStream>();
  const kinesis = sourceArn === undefined ? undefined : readFrom(sourceArn);

  function start(): DeliveryStream {
    const { settings } = configured;
    const { conversion } = settings;
    return createDeliveryStream({
      ...options,
      ...options.assume?.(configured.configuration),
      settings,
      tally,
      named: { stream: name, version },
      deliveryStreamArn: arn,
      sourceKinesisStreamArn: sourceArn,
      table: () =>
        conversion === undefined
          ? undefined
          : options.tables(conversion.table.databaseName, conversion.table.tableName),
    });
  }

  function readFrom(stream: string): KinesisSource {
    const take = (source: Source): void => current.take(source);
    const { streams } = options.assume?.(request) ?? options;
    return createKinesisSource({ streams, stream, start: created, take, room: () => current.room() });
  }

  function take(data: Buffer): string {
    const sequenceNumber = nextSequence();
    const from = { arrival: clock.now(), sequenceNumber, subsequenceNumber: 0, kinesis: undefined };
    current.take({ data, ...from });
    return `${sequenceNumber}000000`;
  }

  async function roomForPut(): Promise<void> {
    if (options.memory.full()) throw slowDown();
    const waited = new AbortController();
    const late = clock.sleep(LONGEST_PUT_WAIT_MS, waited.signal).then(() => 'late');
    const first = await Promise.race([current.room(), late]);
    waited.abort();
    if (first === 'late') throw slowDown();
  }

  function retire(of: DeliveryStream): void {
    earlier.add(of);
    void of.flush().finally(() => {
      if (of.idle()) earlier.delete(of);
    });
  }

  const all = (): DeliveryStream[] => [current, ...earlier];

  return {
    name,
    arn,
    type,
    tags,
    take,
    room: () => current.room(),
    directPut() {
      if (kinesis !== undefined) {
        throw invalidArgument('This operation is not permitted on KinesisStreamAsSource delivery stream type.');
      }
      if (configured.settings.processing.decompress) throw notFromLogs(name, accountId);
      return { take, room: roomForPut };
    },
    describe: () =>
      describeStream({ name, arn, version, request, configured, encryption, created, updated, sourceArn }),
    update(change) {
      checkUpdate(change, name, version);
      const next = updatedConfiguration(configured.given, configured.configuration, change);
      const read = configure({ [next.given]: next.configuration }, options);
      if (read.settings.dynamicPartitioning && !configured.settings.dynamicPartitioning) {
        throw invalidArgument('Dynamic Partitioning cannot be enabled on an existing delivery stream.');
      }
      const before = current;
      configured = read;
      version++;
      updated = clock.now();
      current = start();
      retire(before);
    },
    encrypt(wanted) {
      encryption = wanted && readEncryption(wanted, sourceArn !== undefined);
    },
    async flush() {
      await kinesis?.drain();
      await Promise.all(all().map((each) => each.flush()));
    },
    figures() {
      const held = all().reduce((sum, each) => sum + each.held(), 0);
      return { name, ...tally, failed: structuredClone(tally.failed), held, diskFault: options.memory.fault() };
    },
    idle: () => (kinesis?.idle() ?? true) && all().every((each) => each.idle()),
    async stop() {
      kinesis?.stop();
      await Promise.all(all().map((each) => each.stop()));
    },
  };
}

function notFromLogs(name: string, accountId: string): AwsError {
  const of = `AccountId: ${accountId}, FirehoseName: ${name}`;
  const message = `Put to Firehose failed for ${of} because the request is not originating from CloudWatch.`;
  return new AwsError('InvalidSourceException', message);
}

function checkUpdate(change: JsonObject, name: string, version: number): void {
  if (String(change.CurrentDeliveryStreamVersionId) !== String(version)) {
    const message = `Cannot update firehose: ${name} since the current version id: ${version} and specified version id: ${String(change.CurrentDeliveryStreamVersionId)} do not match`;
    throw new AwsError('ConcurrentModificationException', message);
  }
  if (change.DestinationId !== DESTINATION_ID) {
    throw invalidArgument(`Destination Id ${String(change.DestinationId)} not found`);
  }
}
