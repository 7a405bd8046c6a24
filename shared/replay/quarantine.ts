import { createHash } from 'node:crypto';
import { s3 } from '../platform/clients.ts';
import { requiredSetting } from '../platform/settings.ts';
import { bytesOf } from '../record/byte-string.ts';
import type { Lost } from '../sources/failures/found.ts';
import type { Letter } from './letters.ts';

/**
 * Puts a record aside with its whole story, as one object of QUARANTINE_BUCKET:
 * `records/yyyy-MM-dd/<digest>-<token>.json`, by the day it arrived. The same letter always gives the same key, so that a second run changes nothing.
 */
export async function quarantine(source: string, letter: Letter): Promise<void> {
  const { record, digest, replays, past } = letter;
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
  await put(keyOf(letter), document);
}

export async function takeBack(letter: Letter): Promise<void> {
  const { aws, client } = await s3();
  await client.send(new aws.DeleteObjectCommand({ Bucket: bucketName(), Key: keyOf(letter) }));
}

function keyOf({ record, digest, token }: Letter): string {
  return `records/${dayOf(record.arrival ?? record.failedAt)}/${digest.slice(0, 32)}-${shortName(token)}.json`;
}

function bucketName(): string {
  return requiredSetting('QUARANTINE_BUCKET', 'the bucket for records that failed too often');
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
  const { aws, client } = await s3();
  const body = `${JSON.stringify(document)}\n`;
  await client.send(
    new aws.PutObjectCommand({ Bucket: bucketName(), Key: key, Body: body, ContentType: 'application/json' }),
  );
}

function shortName(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

function timeOf(name: string, time: number | undefined): object {
  return time === undefined ? {} : { [name]: new Date(time).toISOString() };
}

/** `2026-01-31` of a time that a dead letter tells: not of now, since the same letter is to have the same key. */
function dayOf(time: number | string | undefined): string {
  const date = new Date(time ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? 'undated' : date.toISOString().slice(0, 10);
}
