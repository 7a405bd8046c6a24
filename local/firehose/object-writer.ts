/** Writes buffers as objects: put together one at a time, tried again while S3 refuses them, kept when it does for good. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Objects } from '../account/contracts.ts';
import type { RecordBuffer } from './buffer.ts';
import type { Tally } from './figures.ts';
import type { ObjectBody } from './object-body.ts';
import { park } from './parking.ts';
import type { S3Settings } from './settings.ts';
import type { Shipping } from './shipping.ts';

export interface ObjectWriter {
  ship(parcel: Parcel): void;
  /** Keeps a buffer in the data folder, with the place that it was for. */
  keep(buffer: RecordBuffer, bucket: string, key: string): Promise<void>;
}

/** One object to be written. */
interface Parcel {
  readonly s3: S3Settings;
  readonly key: string;
  readonly buffer: RecordBuffer;
  /** Undefined: there is nothing to write. Done anew at each try. */
  build(): Promise<ObjectBody | undefined>;
  arrived(body: ObjectBody | undefined): void;
  /** The buffer is let go of: its object is written, or kept. */
  closed?(): void;
}

export interface ObjectWriterOptions {
  readonly objects: Objects;
  readonly shipping: Shipping;
  /** Takes a place among those that may hold an object at once; returns what gives it back. */
  readonly turn: () => Promise<() => void>;
  /** Of what could not be delivered. */
  readonly folder: string;
  readonly tally: Tally;
}

export function createObjectWriter(options: ObjectWriterOptions): ObjectWriter {
  const { objects, shipping, tally } = options;

  async function write({ s3, key, build }: Parcel): Promise<ObjectBody | undefined> {
    const done = await options.turn();
    try {
      const body = await build();
      if (body === undefined) return undefined;
      const encoding = body.encoding === undefined ? {} : { contentEncoding: body.encoding };
      await objects.put(s3.bucket, key, body.body, { contentType: 'application/octet-stream', ...encoding });
      return body;
    } finally {
      done();
    }
  }

  async function keep(buffer: RecordBuffer, bucket: string, key: string): Promise<void> {
    await park(buffer, join(options.folder, `${randomUUID()}.ndjson`), bucket, key);
    tally.undelivered += buffer.records();
    buffer.discard();
  }

  return {
    keep,
    ship(parcel) {
      shipping.add({
        records: parcel.buffer.records(),
        async send() {
          const body = await write(parcel);
          parcel.arrived(body);
          parcel.closed?.();
          parcel.buffer.discard();
        },
        async park() {
          parcel.closed?.();
          await keep(parcel.buffer, parcel.s3.bucket, parcel.key);
        },
      });
    },
  };
}
