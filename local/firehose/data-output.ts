/** What is delivered: partition by partition, converted or concatenated, to S3 or to an HTTP endpoint. */
import type { Clock, GlueTable } from '../account/contracts.ts';
import type { BufferedRecord } from './buffer.ts';
import type { ErrorOutput } from './error-output.ts';
import type { Failure } from './failure-documents.ts';
import type { Tally } from './figures.ts';
import { createHttpShipment } from './http-endpoint.ts';
import { concatenated, converted, type ObjectBody } from './object-body.ts';
import { dataKey, errorKey, type Named } from './object-key.ts';
import type { ObjectWriter } from './object-writer.ts';
import type { Outlet, Sealed } from './outlet.ts';
import { createPartitioning } from './partitioning.ts';
import type { PartitionKeys } from './prefix.ts';
import type { DestinationSettings, HttpEndpointSettings } from './settings.ts';
import type { Shipping } from './shipping.ts';

export interface DataOutput {
  /** Undefined, or why the record has no partition. */
  deliver(record: BufferedRecord, keys: PartitionKeys | undefined): Failure | undefined;
  readonly outlet: Outlet;
}

export interface DataOutputOptions {
  readonly settings: DestinationSettings;
  readonly named: Named;
  readonly clock: Clock;
  readonly tally: Tally;
  readonly writer: ObjectWriter;
  readonly shipping: Shipping;
  readonly errors: ErrorOutput;
  readonly table: () => GlueTable | undefined;
  readonly deliveryStreamArn: string;
  readonly createOutlet: (onSealed: (sealed: Sealed) => void) => Outlet;
}

const NEWLINE = 0x0a;

export function createDataOutput(options: DataOutputOptions): DataOutput {
  const { settings, named, tally, errors } = options;
  const { conversion, http, s3, processing } = settings;
  const partitioning = createPartitioning(s3.prefix);
  const outlet = options.createOutlet(http === undefined ? shipObject : (sealed) => shipRequest(http, sealed));

  function shipObject({ partition, buffer, documents }: Sealed): void {
    const build = conversion === undefined ? () => concatenated(buffer, s3.compression) : convert(buffer);
    options.writer.ship({
      s3,
      key: dataKey(s3, named, buffer.oldest(), partitioning.keysOf(partition), conversion !== undefined),
      buffer,
      build,
      closed: () => partitioning.closed(partition),
      arrived(body) {
        if (body !== undefined) count(body.records, body.documents ?? documents, body.body.length);
      },
    });
  }

  function convert(buffer: Sealed['buffer']): () => Promise<ObjectBody | undefined> {
    let reported = false;
    return async () => {
      if (conversion === undefined) return undefined;
      const failures: (() => void)[] = [];
      const body = await converted(buffer, conversion, options.table(), (record, failure) => {
        if (!reported) failures.push(() => errors.failConversion(record, failure));
      });
      // Once only, also when S3 refuses the object and it is built again.
      reported = true;
      for (const report of failures) report();
      return body;
    };
  }

  function shipRequest(endpoint: HttpEndpointSettings, { buffer, documents }: Sealed): void {
    const { clock, deliveryStreamArn } = options;
    options.shipping.add(
      createHttpShipment({
        clock,
        http: endpoint,
        buffer,
        deliveryStreamArn,
        arrived: (bytes) => count(buffer.records(), documents, bytes),
        failed: (record, failure, attempts) =>
          errors.fail('http-endpoint-failed', record, record.data, failure, attempts),
        park: () =>
          options.writer.keep(buffer, s3.bucket, errorKey(settings, named, buffer.oldest(), 'http-endpoint-failed')),
      }),
    );
  }

  function count(records: number, documents: number, bytes: number): void {
    tally.objects++;
    tally.bytes += bytes;
    tally.delivered += records;
    tally.documents += documents;
  }

  return {
    deliver(record, keys) {
      const partition = partitioning.partitionOf(keys);
      if (typeof partition !== 'string') return partition;
      const { delimiter } = processing;
      const data = delimiter === undefined ? record.data : Buffer.concat([record.data, delimiter]);
      if (!outlet.has(partition)) partitioning.opened(partition);
      outlet.append(partition, { ...record, data }, conversion === undefined ? lines(data) : 0);
      return undefined;
    },
    outlet,
  };
}

/** How many lines: a last one without its end counts too. */
function lines(data: Buffer): number {
  if (data.length === 0) return 0;
  let count = data[data.length - 1] === NEWLINE ? 0 : 1;
  for (let at = data.indexOf(NEWLINE); at !== -1; at = data.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
