/** Everything that a delivery stream writes: objects of records, of failures, and of the source backup. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, GlueTable, Objects } from '../account/contracts.ts';
import { type BufferedRecord, createBuffer, type RecordBuffer } from './buffer.ts';
import { conversionFailureDocument, type Failure, failureDocument } from './failure-documents.ts';
import { countFailure, type Tally } from './figures.ts';
import { createHttpShipment } from './http-endpoint.ts';
import type { Memory } from './memory.ts';
import { concatenated, converted, type ObjectBody } from './object-body.ts';
import { dataKey, errorKey, type Named } from './object-key.ts';
import { createOutlet, type Outlet, type Sealed } from './outlet.ts';
import { park } from './parking.ts';
import { createPartitioning } from './partitioning.ts';
import type { ErrorOutputType, PartitionKeys } from './prefix.ts';
import type { StreamRecord } from './record.ts';
import type { DestinationSettings, S3Settings } from './settings.ts';
import { createShipping, type Shipment } from './shipping.ts';

export interface Outputs {
  /** What the transform made of a record, or the record itself. */
  deliver(record: StreamRecord, data: Buffer, keys: PartitionKeys | undefined): void;
  fail(type: ErrorOutputType, record: StreamRecord, failure: Failure, attempts: number): void;
  backup(record: StreamRecord['source']): void;
  /** Writes all that is buffered now. What S3 refuses again and again stays, and is tried on. */
  flush(): Promise<void>;
  held(): number;
  idle(): boolean;
  stop(): Promise<void>;
}

export interface OutputsOptions {
  readonly settings: DestinationSettings;
  readonly named: Named;
  readonly clock: Clock;
  readonly memory: Memory;
  readonly objects: Objects;
  readonly table: () => GlueTable | undefined;
  /** Takes a place among those that may hold an object at once; returns what gives it back. */
  readonly turn: () => Promise<() => void>;
  readonly retryMs: number;
  /** Of buffers that moved to disk, and of what could not be delivered. */
  readonly folder: string;
  readonly tally: Tally;
  readonly deliveryStreamArn: string;
}

/** One object to be written. */
interface Parcel {
  readonly s3: S3Settings;
  readonly key: string;
  readonly buffer: RecordBuffer;
  build(): Promise<ObjectBody | undefined>;
  arrived(body: ObjectBody | undefined): void;
  /** The buffer is let go of: its object is written, or parked. */
  closed?(): void;
}

const NEWLINE = 0x0a;

export function createOutputs(options: OutputsOptions): Outputs {
  const { settings, named, clock, tally } = options;
  const { conversion, http, processing } = settings;
  const partitioning = createPartitioning(settings.s3.prefix);
  const shipping = createShipping({ clock, retryMs: options.retryMs });
  const errors = new Map<ErrorOutputType, Outlet>();
  const data = outlet(http ?? settings.s3, http === undefined ? shipData : shipHttp);
  const backup = settings.backup === undefined ? undefined : outlet(settings.backup, shipBackup(settings.backup));

  function outlet(hints: { bufferBytes: number; bufferMs: number }, onSealed: (sealed: Sealed) => void): Outlet {
    const { bufferBytes, bufferMs } = hints;
    const file = (): string => join(options.folder, 'buffers', randomUUID());
    return createOutlet({
      clock,
      bufferBytes,
      bufferMs,
      createBuffer: () => createBuffer(options.memory, file()),
      onSealed,
    });
  }

  function ship(parcel: Parcel): void {
    const { s3, key, buffer } = parcel;
    shipping.add({
      records: buffer.records(),
      async send() {
        const body = await parcel.build();
        if (body !== undefined) {
          const encoding = body.encoding === undefined ? {} : { contentEncoding: body.encoding };
          await options.objects.put(s3.bucket, key, body.body, {
            contentType: 'application/octet-stream',
            ...encoding,
          });
        }
        parcel.arrived(body);
        parcel.closed?.();
        buffer.discard();
      },
      async park() {
        parcel.closed?.();
        await keep(buffer, s3, key);
      },
    });
  }

  /** An object is held whole while it is written: so many at once, of all delivery streams. */
  async function _write({ s3, key, build }: Parcel): Promise<ObjectBody | undefined> {
    const done = await options.turn();
    try {
      const body = await build();
      if (body === undefined) return undefined;
      const encoding = body.encoding === undefined ? {} : { contentEncoding: body.encoding };
      await options.objects.put(s3.bucket, key, body.body, { contentType: 'application/octet-stream', ...encoding });
      return body;
    } finally {
      done();
    }
  }

  async function keep(buffer: RecordBuffer, s3: S3Settings, key: string): Promise<void> {
    const file = join(options.folder, 'undelivered', named.stream, `${randomUUID()}.ndjson`);
    await park(buffer, file, s3.bucket, key);
    tally.undelivered += buffer.records();
    buffer.discard();
  }

  function shipData({ partition, buffer, documents }: Sealed): void {
    let reported = false;
    ship({
      s3: settings.s3,
      key: dataKey(settings.s3, named, buffer.oldest(), partitioning.keysOf(partition), conversion !== undefined),
      buffer,
      async build() {
        if (conversion === undefined) return concatenated(buffer, settings.s3.compression);
        const failures: (() => void)[] = [];
        const body = await converted(buffer, conversion, options.table(), (record, failure) => {
          if (!reported) failures.push(() => failConversion({ ...record }, failure));
        });
        // Once only, also when S3 refuses the object and it is built again.
        reported = true;
        for (const report of failures) report();
        return body;
      },
      closed: () => partitioning.closed(partition),
      arrived(body) {
        if (body === undefined) return;
        tally.objects++;
        tally.bytes += body.body.length;
        tally.delivered += body.records;
        tally.documents += body.documents ?? documents;
      },
    });
  }

  function shipBackup(s3: S3Settings): (sealed: Sealed) => void {
    return ({ buffer }) => {
      ship({
        s3,
        key: dataKey(s3, named, buffer.oldest(), {}, false),
        buffer,
        build: () => concatenated(buffer, s3.compression),
        arrived(body) {
          tally.backupObjects++;
          tally.backupRecords += body?.records ?? 0;
        },
      });
    };
  }

  function shipErrors(type: ErrorOutputType): (sealed: Sealed) => void {
    return ({ buffer }) => {
      ship({
        s3: settings.s3,
        key: errorKey(settings, named, buffer.oldest(), type),
        buffer,
        build: () => concatenated(buffer, conversion === undefined ? settings.s3.compression : 'UNCOMPRESSED'),
        arrived() {
          tally.failedObjects++;
        },
      });
    };
  }

  function shipHttp({ buffer, documents }: Sealed): void {
    if (http === undefined) return;
    const shipment: Shipment = createHttpShipment({
      clock,
      http,
      buffer,
      deliveryStreamArn: options.deliveryStreamArn,
      arrived(bytes) {
        tally.objects++;
        tally.bytes += bytes;
        tally.delivered += buffer.records();
        tally.documents += documents;
      },
      failed(record, failure, attempts) {
        failAs('http-endpoint-failed', record, failure, attempts, record.data);
      },
      park: () => keep(buffer, settings.s3, errorKey(settings, named, buffer.oldest(), 'http-endpoint-failed')),
    });
    shipping.add(shipment);
  }

  function errorOutlet(type: ErrorOutputType): Outlet {
    const known = errors.get(type);
    if (known !== undefined) return known;
    const made = outlet(settings.s3, shipErrors(type));
    errors.set(type, made);
    return made;
  }

  function failAs(type: ErrorOutputType, of: BufferedRecord, failure: Failure, attempts: number, raw: Buffer): void {
    countFailure(tally, type, failure.code);
    const arn = type === 'processing-failed' ? processing.transform?.functionArn : undefined;
    const document = failureDocument(raw, of.arrival, failure, { attempts, ended: clock.now() }, arn);
    errorOutlet(type).append('', { ...of, data: document }, 1);
  }

  function failConversion(record: BufferedRecord, failure: Failure): void {
    if (conversion === undefined) return;
    countFailure(tally, 'format-conversion-failed', failure.code);
    const tried = { attempts: 1, ended: clock.now() };
    const document = conversionFailureDocument(record, failure, tried, conversion.table);
    errorOutlet('format-conversion-failed').append('', { ...record, data: document }, 1);
  }

  const outlets = (): Outlet[] => [data, ...(backup === undefined ? [] : [backup]), ...errors.values()];
  const open = (): number => outlets().reduce((sum, each) => sum + each.held(), 0);

  return {
    deliver(record, made, keys) {
      const partition = partitioning.partitionOf(keys);
      if (typeof partition !== 'string') {
        failAs('partitioning-failed', buffered(record, made), partition, 1, record.raw);
        return;
      }
      const body = processing.delimiter === undefined ? made : Buffer.concat([made, processing.delimiter]);
      if (!data.has(partition)) partitioning.opened(partition);
      data.append(partition, buffered(record, body), conversion === undefined ? lines(body) : 0);
    },
    fail(type, record, failure, attempts) {
      failAs(type, buffered(record, record.raw), failure, attempts, record.raw);
    },
    backup(source) {
      backup?.append('', source, 0);
    },
    async flush() {
      // Conversion and endpoints can turn records into failures, which are then to be written too.
      for (let round = 0; round < 3; round++) {
        for (const each of outlets()) each.flush();
        await shipping.hurry();
        if (open() === 0) return;
      }
    },
    held: () => open() + shipping.held(),
    idle: () => open() === 0 && shipping.idle(),
    async stop() {
      await shipping.stop();
      for (const each of outlets()) each.discard();
    },
  };
}

function buffered(record: StreamRecord, data: Buffer): BufferedRecord {
  const { arrival, sequenceNumber, subsequenceNumber } = record.source;
  return { data, arrival, sequenceNumber, subsequenceNumber };
}

/** How many lines: a last one without its end counts too. */
function lines(data: Buffer): number {
  if (data.length === 0) return 0;
  let count = data[data.length - 1] === NEWLINE ? 0 : 1;
  for (let at = data.indexOf(NEWLINE); at !== -1; at = data.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
