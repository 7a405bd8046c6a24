/** What lies in quarantine: records that the replayer put aside, each an object with its story. */
import { gunzipSync } from 'node:zlib';
import type { Objects } from '../account/contracts.ts';
import { indexIn } from '../generator/sequence.ts';
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
    records += 1;
    byCode[code] = (byCode[code] ?? 0) + 1;
    const index = seen === undefined ? undefined : indexIn(unpacked(data).toString('latin1'));
    if (index !== undefined) seen?.add(index);
  }
  return { records, byCode };
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
