/** What lies in quarantine: records that the replayer put aside, each an object with its story. */
import { gunzipSync } from 'node:zlib';
import type { Objects } from '../account/contracts.ts';
import { indexesIn } from '../generator/sequence.ts';
import type { IndexSet } from './index-set.ts';

export interface Quarantined {
  readonly records: number;
  /** By the code of the failure that put them there. */
  readonly byCode: Readonly<Record<string, number>>;
}

/** Which stream a record in quarantine belongs to, by where it came from. */
export type Belongs = (origin: unknown) => boolean;

const RECORDS = 'records/';

/** Counts the records in quarantine; puts the indexes that generated ones carry into `seen`. */
export async function readQuarantine(
  objects: Objects,
  bucket: string,
  belongs: Belongs,
  seen?: IndexSet,
): Promise<Quarantined> {
  const byCode: Record<string, number> = {};
  let records = 0;
  for (const { key } of await objects.list(bucket, RECORDS)) {
    const { code, data, origin } = readRecord(await objects.get(bucket, key));
    if (!belongs(origin)) continue;
    const count = isJoined(origin) ? documentsIn(data) : 1;
    records += count;
    byCode[code] = (byCode[code] ?? 0) + count;
    if (seen !== undefined) for (const index of indexesIn(unpacked(data).toString('latin1'))) seen.add(index);
  }
  return { records, byCode };
}

/** A consumer may join several records into one on the way to a delivery stream: they fail together. */
function isJoined(origin: unknown): boolean {
  return (origin as { kind?: unknown } | undefined)?.kind === 'delivery-stream';
}

/** Lines with something on them; at least one. */
export function documentsIn(data: Buffer): number {
  let lines = 0;
  let from = 0;
  for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, from)) {
    if (at > from) lines += 1;
    from = at + 1;
  }
  return Math.max(1, data.length > from ? lines + 1 : lines);
}

function readRecord(body: Buffer): { code: string; data: Buffer; origin: unknown } {
  const { code, data, origin } = JSON.parse(body.toString()) as { code?: unknown; data?: unknown; origin?: unknown };
  return { code: String(code ?? 'unknown'), data: Buffer.from(String(data ?? ''), 'base64'), origin };
}

/** A log event stands in its subscription message, which is gzip. */
function unpacked(data: Buffer): Buffer {
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
  try {
    return gunzipSync(data, { maxOutputLength: MOST_UNPACKED });
  } catch {
    return data;
  }
}

const MOST_UNPACKED = 64 * 1024 * 1024;
