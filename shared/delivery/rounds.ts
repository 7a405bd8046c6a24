import type { ByteString } from '../record/byte-string.ts';
import type { Destination } from './destination.ts';
import type { Entry } from './entry.ts';

/** An entry on its way, and which record of the invocation it came from. */
export interface Part {
  readonly record: number;
  /** The record's unit: what the source can only retry as a whole (a KPL aggregate, equal sequence numbers). Rising. */
  readonly unit: number;
  readonly entry: Entry;
}

/** What is put as one entry: one part, or several joined. */
export interface Parcel {
  readonly entry: Entry;
  /** Indices into the parts. */
  readonly parts: readonly number[];
  readonly firstUnit: number;
  readonly lastUnit: number;
}

interface OpenParcel {
  readonly first: Part;
  /** What it holds ends with a newline, so that more can follow. */
  readonly joinable: boolean;
  readonly parts: number[];
  bytes: number;
  documents: number;
  firstUnit: number;
  lastUnit: number;
}

/** Where the latest part of a key went. */
interface Place {
  readonly round: number;
  readonly parcel: OpenParcel;
}

/**
 * Lays parts out in rounds, to be put one after the other. Within a round no two parcels hold the same key, so that a
 * parcel can fail, and be sent again, without one behind it overtaking. Parts with equal destination keys are joined while the
 * parcel has room, across partition keys: what matters is that a key's parts stay in their order.
 * A key is the partition key and the destination's keys: records that end under different prefixes have no order there.
 */
export function roundsOf(
  parts: readonly Part[],
  { ordered, joinBytes, limits, sizeOf }: Pick<Destination, 'ordered' | 'joinBytes' | 'limits' | 'sizeOf'>,
): readonly (readonly Parcel[])[] {
  const rounds: OpenParcel[][] = [];
  const latest = new Map<string, Place>();
  const open = new Map<string, OpenParcel>();
  const room = Math.min(joinBytes, limits.record);

  for (const [index, part] of parts.entries()) {
    const { entry } = part;
    const size = sizeOf(entry);
    const joinable = room > 0 && endsLine(entry.data);
    const group = groupOf(entry);
    const key = ordered && entry.partitionKey !== undefined ? `${entry.partitionKey}\n${group}` : undefined;
    const place = key === undefined ? undefined : latest.get(key);
    let round = place?.round ?? 0;
    let parcel = joinable ? withRoom(place?.parcel, size, room) : undefined;
    if (parcel === undefined) {
      if (place !== undefined) round++;
      const slot = `${round}\n${group}`;
      if (joinable) parcel = withRoom(open.get(slot), size, room);
      if (parcel === undefined) {
        parcel = {
          first: part,
          joinable,
          parts: [],
          bytes: 0,
          documents: 0,
          firstUnit: part.unit,
          lastUnit: part.unit,
        };
        if (rounds.length === round) rounds.push([]);
        rounds[round]!.push(parcel);
        if (joinable) open.set(slot, parcel);
      }
    }
    add(parcel, part, index, size);
    if (key !== undefined) latest.set(key, { round, parcel });
  }
  return rounds.map((round) => round.map((parcel) => close(parcel, parts)));
}

function withRoom(parcel: OpenParcel | undefined, size: number, room: number): OpenParcel | undefined {
  return parcel?.joinable === true && parcel.bytes + size <= room ? parcel : undefined;
}

function add(parcel: OpenParcel, part: Part, index: number, size: number): void {
  parcel.parts.push(index);
  parcel.bytes += size;
  parcel.documents += part.entry.documents;
  parcel.firstUnit = Math.min(parcel.firstUnit, part.unit);
  parcel.lastUnit = Math.max(parcel.lastUnit, part.unit);
}

function close({ first, parts: indices, documents, firstUnit, lastUnit }: OpenParcel, parts: readonly Part[]): Parcel {
  const single = indices.length === 1;
  const entry = single ? first.entry : { ...first.entry, data: joined(indices, parts), documents };
  return { entry, parts: indices, firstUnit, lastUnit };
}

function joined(indices: readonly number[], parts: readonly Part[]): ByteString {
  let data = '';
  for (const index of indices) data += parts[index]!.entry.data;
  return data;
}

/** Text that ends a line: more can follow. Gzip can end with that byte too, and goes by itself. */
function endsLine(data: ByteString): boolean {
  return data.charCodeAt(data.length - 1) === 0x0a && !data.startsWith('\x1f\x8b');
}

function groupOf({ partitionKeys, iceberg }: Entry): string {
  let group = '';
  for (const name in partitionKeys) group += `${name}=${partitionKeys[name]}/`;
  return iceberg === undefined ? group : `${group}${Object.values(iceberg).join('/')}`;
}
