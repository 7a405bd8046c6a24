import { randomBytes } from 'node:crypto';
import type { Destination } from '../delivery/destination.ts';
import type { Entry, EntryResult } from '../delivery/entry.ts';
import { firehoseDestination } from '../delivery/firehose.ts';
import { kinesisDestination } from '../delivery/kinesis.ts';
import { putAll } from '../delivery/put-all.ts';
import type { Deadline } from '../platform/deadline.ts';
import { LIMITS } from '../platform/limits.ts';
import { permanent } from '../record/failure.ts';
import { failed } from '../record/outcome.ts';
import { MOST_ENVELOPE_BYTES, type Redrive, writeRedriven } from '../record/redriven.ts';
import type { FailedRecord } from '../sources/failures/found.ts';
import { type Address, addressKey } from './address.ts';
import { decodeAll, invokeWith } from './functions.ts';
import { putName } from './token.ts';

/** A record on its way back. */
export interface Outgoing {
  readonly record: FailedRecord;
  readonly address: Address;
  /** What it carries, to a delivery stream whose transform reads it, and to the logs decoder. */
  readonly redrive: Omit<Redrive, 'put'>;
}

/** How long puts, and invocations, may take. */
export interface PutTimes {
  readonly puts: Deadline;
  readonly invocations: Deadline;
}

/** Puts records back, each where its address says. Answers are aligned; never rejects for what a destination does. */
export async function putBack(outgoing: readonly Outgoing[], times: PutTimes): Promise<readonly EntryResult[]> {
  const results: EntryResult[] = new Array(outgoing.length);
  const groups = Map.groupBy(outgoing.keys(), (index) => addressKey(outgoing[index]!.address));
  for (const indices of groups.values()) {
    const answers = await put(
      indices.map((index) => outgoing[index]!),
      times,
    );
    indices.forEach((index, i) => {
      results[index] = answers[i]!;
    });
  }
  return results;
}

/** Records of one address. */
async function put(group: readonly Outgoing[], { puts, invocations }: PutTimes): Promise<readonly EntryResult[]> {
  const tokens = group.map(({ redrive }) => redrive.token);
  const entries = group.map(({ record }, index) => entryOf(record, tokens[index]!));
  const { address } = group[0]!;
  switch (address.kind) {
    case 'function':
      return await invokeWith(address.name, entries, tokens, invocations);
    case 'logs':
      return await decodeAll(address.name, entries, tokens, invocations);
    case 'stream': {
      // How large a record may be is the stream's own setting, which refuses what is larger.
      const stream = kinesisDestination({ stream: address.name, recordBytes: LIMITS.kinesisPut.bytes, order: 'none' });
      return await putAll(stream, entries, { deadline: puts });
    }
    case 'delivery-stream': {
      const plain = firehoseDestination({ stream: address.name, joinBytes: 0, order: 'none' });
      const redrives = new Map(entries.map((entry, index) => [entry, group[index]!.redrive]));
      return await putAll(address.guarded ? enveloping(plain, redrives) : plain, entries, { deadline: puts });
    }
    default: {
      const message = 'The dead letter does not tell where its record came from: say `to`.';
      return entries.map(() => failed(permanent('UnknownOrigin', 'deliver', message)));
    }
  }
}

/**
 * Puts each record in its envelope. Each has a put of its own in each request, since a request that seems to have failed may
 * have landed, and since two letters of one request may be the same record.
 */
function enveloping(plain: Destination, redrives: ReadonlyMap<Entry, Omit<Redrive, 'put'>>): Destination {
  return {
    ...plain,
    sizeOf: (entry) => plain.sizeOf(entry) + MOST_ENVELOPE_BYTES,
    put: async (entries, signal) => {
      const request = randomBytes(8).toString('hex');
      const enveloped = entries.map((entry, index) => {
        const redrive = redrives.get(entry)!;
        return { ...entry, data: writeRedriven({ ...redrive, put: putName(request, index) }, entry.data) };
      });
      return await plain.put(enveloped, signal);
    },
  };
}

function entryOf({ data, origin }: FailedRecord, id: string): Entry {
  return { id, data, documents: 1, ...(origin?.kind === 'stream' ? { partitionKey: origin.partitionKey } : {}) };
}
