/** What a CreateDeliveryStream request asks for, checked as far as it can be before any record flows. */
import type { GlueTable, Streams } from '../account/contracts.ts';
import type { JsonObject } from '../gateway/json-service.ts';
import { HiveTypeError } from '../glue/hive-type.ts';
import { rowReader } from './conversion/rows.ts';
import type { Place } from './conversion-settings.ts';
import { DESTINATIONS, readDestination } from './destination.ts';
import { invalidArgument, unsupported } from './errors.ts';
import type { ConversionSettings, DestinationSettings } from './settings.ts';

export interface ConfigurationOptions extends Place {
  readonly tables: (database: string, table: string) => GlueTable | undefined;
}

export interface Configured {
  readonly given: (typeof DESTINATIONS)[number];
  readonly configuration: JsonObject;
  readonly settings: DestinationSettings;
}

/** Reads the one destination of a request. Throws what AWS answers. */
export function configure(request: JsonObject, options: ConfigurationOptions): Configured {
  const settings = readDestination(request, options);
  if (settings.conversion !== undefined) checkTable(settings.conversion, options);
  const given = DESTINATIONS.find((name) => request[name] !== undefined && request[name] !== null);
  if (given === undefined) throw invalidArgument('Exactly one destination configuration is supported for a Firehose');
  return { given, configuration: request[given] as JsonObject, settings };
}

/** A conversion into a table that isn't there, or that can't be written, is refused at once. */
function checkTable({ table, input }: ConversionSettings, { tables }: ConfigurationOptions): void {
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
export function kinesisSourceOf(request: JsonObject, streams: Streams): string | undefined {
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
