import { hash } from 'node:crypto';
import { now } from '../platform/clock.ts';
import { setting } from '../platform/settings.ts';
import { bytesOf, encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import { permanent } from '../record/failure.ts';
import { type Failed, failed } from '../record/outcome.ts';
import type { Destination } from './destination.ts';
import type { Entry, EntryResult } from './entry.ts';
import { keySafe, objectDestination } from './object.ts';
import { type PutOptions, putAll } from './put-all.ts';
import type { Part } from './rounds.ts';
import { dayPath } from './s3.ts';
import { smallMembers } from './small-members.ts';

/** What a pointer may weigh beside what it keeps of the document. */
const POINTER_BYTES = 2 * 1024;
/** Most that a pointer keeps of the document's own members. */
const KEPT_BYTES = 64 * 1024;

/** Where the whole of a record lies whose pointer was delivered: the member `claimCheck` of the document in its place. */
interface ClaimCheck {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  readonly documents: number;
  readonly sha256: string;
}

/** Parts that fit their destination, and what became of those that could not be made to. */
export interface Fitted {
  readonly parts: readonly Part[];
  readonly failures: readonly { readonly part: Part; readonly result: Failed }[];
}

export interface FitOptions extends PutOptions {
  /** Whether a JSON document can stand in a record's place: whoever reads the destination reads JSON. */
  readonly claims: boolean;
}

/**
 * Makes every part fit the destination: a record of several documents is taken apart; a document that is too large is put into
 * the bucket of the setting CLAIM_BUCKET, and a pointer takes its place: the same document with its small members only,
 * and `claimCheck` saying where the whole lies. Without a bucket,
 * or where no pointer could be read, it fails with `RecordTooLarge`.
 */
export async function fitting(
  destination: Destination,
  pipeline: string,
  parts: readonly Part[],
  options: FitOptions,
): Promise<Fitted> {
  const tooLarge = (part: Part) => destination.sizeOf(part.entry) > destination.limits.record;
  const apart = destination.oneDocument === true ? parts.flatMap(documentsOf) : parts;
  if (!apart.some(tooLarge)) return { parts: apart, failures: [] };
  const pieces = apart.flatMap((part) => (tooLarge(part) ? documentsOf(part) : [part]));
  const claims = pieces.filter(tooLarge);
  if (claims.length === 0) return { parts: pieces, failures: [] };
  const bucket = options.claims ? setting('CLAIM_BUCKET') : undefined;
  if (bucket === undefined)
    return without(
      pieces,
      claims,
      claims.map(() => noBucket(destination)),
    );
  const objects = claims.map(({ entry }) => ({ ...entry, id: claimKey(pipeline, entry) }));
  const results = await putAll(
    objectDestination(() => bucket, 'application/x-ndjson'),
    objects,
    options,
  );
  const pointers = new Map(claims.map((part, i) => [part, pointerPart(destination, part, bucket, objects[i]!.id)]));
  const fitted = without(pieces, claims, results);
  return { ...fitted, parts: fitted.parts.map((part) => pointers.get(part) ?? part) };
}

/** The parts but those whose put failed. */
function without(parts: readonly Part[], claims: readonly Part[], results: readonly EntryResult[]): Fitted {
  const failures = claims.flatMap((part, i) => {
    const result = results[i]!;
    return result.kind === 'failed' ? [{ part, result }] : [];
  });
  const gone = new Set(failures.map(({ part }) => part));
  return { parts: parts.filter((part) => !gone.has(part)), failures };
}

/** A part for each document, where documents end with newlines; else the part as it is. */
function documentsOf(part: Part): readonly Part[] {
  const { entry } = part;
  if (entry.documents < 2) return [part];
  const lines = entry.data.split('\n').filter((line) => line !== '');
  if (lines.length !== entry.documents) return [part];
  return lines.map((line, index) => ({
    ...part,
    entry: { ...entry, id: `${entry.id}:${index}`, data: `${line}\n`, documents: 1 },
  }));
}

/** The same for the same record on the same day of arrival, so that a retry writes the same object. */
function claimKey(pipeline: string, entry: Entry): string {
  return `claims/${keySafe(pipeline)}/${dayPath(entry.arrival ?? now())}${keySafe(entry.id)}.ndjson`;
}

function pointerPart(destination: Destination, part: Part, bucket: string, key: string): Part {
  const { data, documents } = part.entry;
  const claim: ClaimCheck = { bucket, key, bytes: data.length, documents, sha256: hash('sha256', bytesOf(data)) };
  const most = Math.min(KEPT_BYTES, destination.limits.record - POINTER_BYTES - (part.entry.partitionKey?.length ?? 0));
  const kept = documents === 1 ? smallMembers(data, most) : '';
  const own: JsonText = `"claimCheck":${encodeUtf8(JSON.stringify(claim))}`;
  const end = data.endsWith('\n') ? '\n' : '';
  return { ...part, entry: { ...part.entry, data: `{${kept}${kept === '' ? '' : ','}${own}}${end}` } };
}

function noBucket({ limits, name }: Destination): Failed {
  const message = `The record is larger than the ${limits.record} bytes that ${name} takes, and can't be checked in: see CLAIM_BUCKET.`;
  return failed(permanent('RecordTooLarge', 'deliver', message));
}
