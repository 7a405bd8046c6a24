import { createHash } from 'node:crypto';
import { s3 } from '../platform/clients.ts';
import { now } from '../platform/clock.ts';
import { requiredSetting } from '../platform/settings.ts';
import { bytesOf } from '../record/byte-string.ts';
import type { Lost } from '../sources/failures/found.ts';
import type { Letter } from './letters.ts';

/**
 * Puts a record aside with its whole story, as one object of QUARANTINE_BUCKET:
 * `records/yyyy-MM-dd/<digest>-<token>.json`. The same letter always gives the same key, so that a second run changes nothing.
 */
export async function quarantine(source: string, { record, digest, replays, past, token }: Letter): Promise<void> {
  const failures = past.map(({ code, failedAt, replayedAt }) => ({
    code,
    ...timeOf('failedAt', failedAt),
    ...timeOf('replayedAt', replayedAt),
  }));
  const document = {
    type: 'QuarantinedRecord',
    version: 1,
    source,
    at: record.at,
    code: record.code,
    arrival: record.arrival,
    origin: record.origin,
    attempts: replays,
    story: [...failures, { code: record.code, ...timeOf('failedAt', record.failedAt) }],
    sha256: digest,
    data: bytesOf(record.data).toString('base64'),
  };
  await put(`records/${dayOf(record.arrival)}/${digest.slice(0, 32)}-${shortName(token)}.json`, document);
}

/** Keeps the report that records are gone: their source is settled, and what is known of them must outlive it. */
export async function reportLost(source: string, { at, records, range, letter }: Lost): Promise<void> {
  const document = { type: 'LostRecords', version: 1, source, records, range, letter };
  await put(
    `lost/${dayOf((letter as { timestamp?: string } | undefined)?.timestamp)}/${shortName(`${source} ${at}`)}.json`,
    document,
  );
}

async function put(key: string, document: object): Promise<void> {
  const bucket = requiredSetting('QUARANTINE_BUCKET', 'the bucket for records that failed too often');
  const { aws, client } = await s3();
  const body = `${JSON.stringify(document)}\n`;
  await client.send(
    new aws.PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' }),
  );
}

function shortName(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

function timeOf(name: string, time: number | undefined): object {
  return time === undefined ? {} : { [name]: new Date(time).toISOString() };
}

/** `2026-01-31` of a time that a dead letter tells; of now where it tells none. */
function dayOf(time: number | string | undefined): string {
  const date = new Date(time ?? now());
  return (Number.isNaN(date.getTime()) ? new Date(now()) : date).toISOString().slice(0, 10);
}
