/** A delivery stream by its name: its configuration, which can change, and what is fed to it. */
import type { Clock, Functions, GlueTable, Objects, Streams } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { JsonObject } from '../gateway/json-service.ts';
import { HiveTypeError } from '../glue/hive-type.ts';
import { rowReader } from './conversion/rows.ts';
import { createDeliveryStream, type DeliveryStream } from './delivery-stream.ts';
import { DESTINATION_ID, describeDestination } from './description.ts';
import { DESTINATIONS, readDestination } from './destination.ts';
import { invalidArgument, slowDown, unsupported } from './errors.ts';
import { createTally, type DeliveryFigures } from './figures.ts';
import { createKinesisSource, type KinesisSource } from './kinesis-source.ts';
import type { Memory } from './memory.ts';
import type { PutTarget } from './puts.ts';
import { createSequence, type Source } from './record.ts';
import type { ConversionSettings, DestinationSettings } from './settings.ts';
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
}

/** How long a put waits for room before it is told to slow down, ms. */
const LONGEST_PUT_WAIT_MS = 20_000;

interface Configured {
  readonly given: (typeof DESTINATIONS)[number];
  readonly configuration: JsonObject;
  readonly settings: DestinationSettings;
}

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
    return createKinesisSource({ streams: options.streams, stream, start: created, take, room: () => current.room() });
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
    describe: () => ({
      DeliveryStreamName: name,
      DeliveryStreamARN: arn,
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamType: type,
      VersionId: String(version),
      CreateTimestamp: created / 1000,
      ...(updated === undefined ? {} : { LastUpdateTimestamp: updated / 1000 }),
      ...(sourceArn === undefined
        ? { DeliveryStreamEncryptionConfiguration: describeEncryption(request) }
        : { Source: describeSource(request, created) }),
      Destinations: [describeDestination(configured.given, configured.configuration, configured.settings)],
      HasMoreDestinations: false,
    }),
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

function configure(request: JsonObject, options: EntryOptions): Configured {
  const settings = readDestination(request, options);
  if (settings.conversion !== undefined) checkTable(settings.conversion, options);
  const given = DESTINATIONS.find((name) => request[name] !== undefined && request[name] !== null);
  if (given === undefined) throw invalidArgument('Exactly one destination configuration is supported for a Firehose');
  return { given, configuration: request[given] as JsonObject, settings };
}

/** A conversion into a table that isn't there, or that can't be written, is refused at once. */
function checkTable({ table, input }: ConversionSettings, { tables }: EntryOptions): void {
  const name = `${table.databaseName}.${table.tableName}`;
  const found = tables(table.databaseName, table.tableName);
  if (found === undefined) {
    throw invalidArgument(`Glue table ${name} not found (EntityNotFoundException): the schema can't be read.`);
  }
  try {
    rowReader(found, input);
  } catch (cause) {
    if (cause instanceof HiveTypeError) throw unsupported(`${cause.message}, which Glue table ${name} has`);
    throw cause;
  }
}

/** The ARN of the Kinesis stream that feeds it; undefined for direct puts. */
function kinesisSourceOf(request: JsonObject, streams: Streams): string | undefined {
  const type = request.DeliveryStreamType ?? 'DirectPut';
  if (type === 'DirectPut') return undefined;
  if (type !== 'KinesisStreamAsSource') throw unsupported(`the delivery stream type ${String(type)}`);
  const source = request.KinesisStreamSourceConfiguration as JsonObject | undefined;
  if (source === undefined || source === null) {
    throw invalidArgument('KinesisSourceStreamConfig is mandatory for KinesisStreamAsSource stream type.');
  }
  const arn = String(source.KinesisStreamARN ?? '');
  try {
    streams.shards(arn);
  } catch {
    throw invalidArgument(`The Kinesis stream ${arn} was not found.`);
  }
  return streams.arnOf(arn);
}

function notFromLogs(name: string, accountId: string): AwsError {
  const of = `AccountId: ${accountId}, FirehoseName: ${name}`;
  const message = `Put to Firehose failed for ${of} because the request is not originating from CloudWatch.`;
  return new AwsError('InvalidSourceException', message);
}

function describeEncryption(request: JsonObject): object {
  const given = request.DeliveryStreamEncryptionConfigurationInput as JsonObject | undefined;
  if (given === undefined || given === null) return { Status: 'DISABLED' };
  return { Status: 'ENABLED', KeyType: given.KeyType, KeyARN: given.KeyARN };
}

function describeSource(request: JsonObject, start: number): object {
  const { KinesisStreamARN, RoleARN } = request.KinesisStreamSourceConfiguration as JsonObject;
  const DeliveryStartTimestamp = start / 1000;
  return { KinesisStreamSourceDescription: { KinesisStreamARN, RoleARN, DeliveryStartTimestamp } };
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
