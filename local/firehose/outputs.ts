/** Everything that a delivery stream writes: objects of records, of failures, and of the source backup. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, GlueTable, Objects } from '../account/contracts.ts';
import { type BufferedRecord, createBuffer } from './buffer.ts';
import { createDataOutput } from './data-output.ts';
import { createErrorOutput } from './error-output.ts';
import type { Failure } from './failure-documents.ts';
import type { Tally } from './figures.ts';
import type { Memory } from './memory.ts';
import { concatenated } from './object-body.ts';
import { dataKey, type Named } from './object-key.ts';
import { createObjectWriter, type ObjectWriter } from './object-writer.ts';
import { createOutlet, type Outlet, type Sealed } from './outlet.ts';
import type { ErrorOutputType, PartitionKeys } from './prefix.ts';
import type { Source, StreamRecord } from './record.ts';
import type { DestinationSettings, S3Settings } from './settings.ts';
import { createShipping } from './shipping.ts';

export interface Outputs {
  /** What the transform made of a record, or the record itself. */
  deliver(record: StreamRecord, data: Buffer, keys: PartitionKeys | undefined): void;
  fail(type: ErrorOutputType, record: StreamRecord, failure: Failure, attempts: number): void;
  backup(source: Source): void;
  /** Writes all that is buffered now. What S3 refuses again and again stays, and is tried on. */
  flush(): Promise<void>;
  held(): number;
  idle(): boolean;
  stop(): Promise<void>;
}

export interface OutputsOptions {
  readonly settings: DestinationSettings;
  readonly named: Named;
  readonly deliveryStreamArn: string;
  readonly clock: Clock;
  readonly memory: Memory;
  readonly objects: Objects;
  readonly table: () => GlueTable | undefined;
  readonly turn: () => Promise<() => void>;
  readonly retryMs: number;
  /** Of buffers that moved to disk, and of what could not be delivered. */
  readonly folder: string;
  readonly tally: Tally;
}

/** Conversion and endpoints can turn records into failures, which are then to be written too. */
const FLUSH_ROUNDS = 3;

export function createOutputs(options: OutputsOptions): Outputs {
  const { settings, named, clock } = options;
  const shipping = createShipping({ clock, retryMs: options.retryMs });
  const folder = join(options.folder, 'undelivered', named.stream);
  const writer = createObjectWriter({ ...options, folder, shipping });
  const outletFor = outlets(options);
  const errors = createErrorOutput({ ...options, writer, createOutlet: outletFor(settings.s3) });
  const createDataOutlet = outletFor(settings.http ?? settings.s3);
  const data = createDataOutput({ ...options, writer, shipping, errors, createOutlet: createDataOutlet });
  const backup = settings.backup === undefined ? undefined : backupOutlet(settings.backup, options, writer);

  const all = (): Outlet[] => [data.outlet, ...(backup === undefined ? [] : [backup]), ...errors.outlets()];
  const open = (): number => all().reduce((sum, each) => sum + each.held(), 0);

  return {
    deliver(record, made, keys) {
      const buffered = bufferedAs(record, made);
      const failure = data.deliver(buffered, keys);
      if (failure !== undefined) errors.fail('partitioning-failed', buffered, record.raw, failure, 1);
    },
    fail(type, record, failure, attempts) {
      errors.fail(type, bufferedAs(record, record.raw), record.raw, failure, attempts);
    },
    backup(source) {
      backup?.append('', source, 0);
    },
    async flush() {
      for (let round = 0; round < FLUSH_ROUNDS; round++) {
        for (const each of all()) each.flush();
        await shipping.hurry();
        if (open() === 0) return;
      }
    },
    held: () => open() + shipping.held(),
    idle: () => open() === 0 && shipping.idle(),
    async stop() {
      await shipping.stop();
      for (const each of all()) each.discard();
    },
  };
}

type OutletMaker = (onSealed: (sealed: Sealed) => void) => Outlet;

function outlets({ clock, memory, folder }: OutputsOptions) {
  const file = (): string => join(folder, 'buffers', randomUUID());
  return ({ bufferBytes, bufferMs }: { readonly bufferBytes: number; readonly bufferMs: number }): OutletMaker =>
    (onSealed) =>
      createOutlet({ clock, bufferBytes, bufferMs, createBuffer: () => createBuffer(memory, file()), onSealed });
}

/** The untransformed records, as they came. */
function backupOutlet(s3: S3Settings, options: OutputsOptions, writer: ObjectWriter): Outlet {
  const { named, tally } = options;
  return outlets(options)(s3)(({ buffer }) => {
    writer.ship({
      s3,
      key: dataKey(s3, named, buffer.oldest(), {}, false),
      buffer,
      build: () => concatenated(buffer, s3.compression),
      arrived(body) {
        tally.backupObjects++;
        tally.backupRecords += body?.records ?? 0;
      },
    });
  });
}

function bufferedAs(record: StreamRecord, data: Buffer): BufferedRecord {
  const { arrival, sequenceNumber, subsequenceNumber } = record.source;
  return { data, arrival, sequenceNumber, subsequenceNumber };
}
