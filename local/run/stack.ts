/** The parts of the suite's own stack that the main job works with, found in the template by their logical ids. */
import { join } from 'node:path';
import type { TemplateResource } from '../account/contracts.ts';
import type { LakeTable } from '../accounting/lake.ts';

export interface StackParts {
  readonly stream: string;
  readonly logGroup: string;
  readonly deadLetterQueues: readonly string[];
  readonly lakeBucket: string;
  readonly errorBucket: string;
  readonly quarantineBucket: string;
  /** Where delivery streams put what failed: the prefixes in the lake bucket. */
  readonly errorPrefixes: readonly string[];
  readonly consumer: string;
  readonly transform: string;
  readonly decoder: string;
  readonly replayer: string;
  readonly eventsDelivery: string;
  readonly logsDelivery: string;
  readonly windowsTable: string;
  /** The largest record that the stream takes, key included. */
  readonly streamRecordBytes: number;
}

type Properties = Readonly<Record<string, unknown>>;

export function stackParts(resources: readonly TemplateResource[]): StackParts {
  const find = (logicalId: string): Properties => {
    const found = resources.find((resource) => resource.logicalId === logicalId);
    if (found === undefined) throw new Error(`The stack has no ${logicalId}, which the main job needs`);
    return found.properties;
  };
  const name = (logicalId: string, property: string): string => String(find(logicalId)[property]);
  const functionName = (logicalId: string): string => name(`${logicalId}LambdaFunction`, 'FunctionName');
  const stream = find('EventStream');
  return {
    stream: String(stream.Name),
    streamRecordBytes: Number(stream.MaxRecordSizeInKiB ?? 1024) * 1024,
    logGroup: name('ApplicationLogGroup', 'LogGroupName'),
    deadLetterQueues: [name('DeadLetterQueue', 'QueueName'), name('UnreplayableQueue', 'QueueName')],
    lakeBucket: name('LakeBucket', 'BucketName'),
    errorBucket: name('ErrorBucket', 'BucketName'),
    quarantineBucket: name('QuarantineBucket', 'BucketName'),
    errorPrefixes: ['EventsDelivery', 'LogsDelivery'].map((id) => errorPrefixOf(find(id))),
    consumer: functionName('StreamConsumer'),
    transform: functionName('FirehoseTransform'),
    decoder: functionName('LogsDecoder'),
    replayer: functionName('DeadLetterReplayer'),
    eventsDelivery: name('EventsDelivery', 'DeliveryStreamName'),
    logsDelivery: name('LogsDelivery', 'DeliveryStreamName'),
    windowsTable: name('WindowsTable', 'TableName'),
  };
}

/** What is fixed of a delivery stream's ErrorOutputPrefix. */
function errorPrefixOf(delivery: Properties): string {
  const destination = (delivery.ExtendedS3DestinationConfiguration ?? {}) as { ErrorOutputPrefix?: string };
  return (destination.ErrorOutputPrefix ?? '').split('!{')[0] ?? '';
}

/** The columns that hold the index of a generated record, by table. */
const ID_COLUMNS: Readonly<Record<string, string>> = { clickstream: 'eventid', access_logs: 'query' };

/** Where a Glue table's objects lie, `lakeFolder` being the lake bucket's folder. */
export function lakeTable(resources: readonly TemplateResource[], logicalId: string, lakeFolder: string): LakeTable {
  const table = resources.find((resource) => resource.logicalId === logicalId)?.properties.TableInput as {
    readonly Name: string;
    readonly StorageDescriptor: { readonly Location: string; readonly InputFormat: string };
  };
  const { Location, InputFormat } = table.StorageDescriptor;
  const prefix = Location.replace(/^s3:\/\/[^/]+\//, '');
  return {
    folder: join(lakeFolder, prefix),
    format: InputFormat.includes('Parquet') ? 'parquet' : 'ndjson',
    idColumn: ID_COLUMNS[table.Name],
  };
}
