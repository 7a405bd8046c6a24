import { createHash } from 'node:crypto';
import { s3 } from '../platform/clients.ts';
import { now } from '../platform/clock.ts';
import { requiredSetting } from '../platform/settings.ts';
import { bytesOf } from '../record/byte-string.ts';
import type { FailedRecord, Lost } from '../sources/failures/found.ts';
import type { Story } from './ledger.ts';

/**
 * Puts a record aside with its whole story, as one object of QUARANTINE_BUCKET:
 * `records/yyyy-MM-dd/<digest>-<letter>.json`. The same letter always gives the same key, so that a second run changes nothing.
 */
export async function quarantine(source: string, record: FailedRecord, digest: string, story: Story): Promise<void> {
  const document = {
    type: 'QuarantinedRecord',
    version: 1,
    source,
    at: record.at,
    code: record.code,
    arrival: record.arrival,
    origin: record.origin,
    attempts: story.length,
    story: story.map(({ at, code }) => ({ code, replayedAt: new Date(at).toISOString() })),
    sha256: digest,
    data: bytesOf(record.data).toString('base64'),
  };
  const day = new Date(record.arrival ?? now()).toISOString().slice(0, 10);
  await put(`records/${day}/${digest.slice(0, 32)}-${shortName(`${source} ${record.at}`)}.json`, document);
}

/** Keeps the report that records are gone: their source is settled, and what is known of them must outlive it. */
export async function reportLost(source: string, lost: Lost): Promise<void> {
  const document = { type: 'LostRecords', version: 1, source, records: lost.records, range: lost.range };
  await put(`lost/${new Date(now()).toISOString().slice(0, 10)}/${shortName(`${source} ${lost.at}`)}.json`, document);
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
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
