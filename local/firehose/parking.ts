import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import type { RecordBuffer } from './buffer.ts';

/**
 * Keeps records that could not be written to S3 in the retry window, as a file of NDJSON: where they were to go, and
 * their bytes. AWS would have lost them.
 */
export async function park(buffer: RecordBuffer, file: string, bucket: string, key: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const to = createWriteStream(file);
  for await (const block of buffer.read()) {
    for (const { data, arrival, sequenceNumber, subsequenceNumber } of block) {
      const rawData = data.toString('base64');
      const document = { bucket, key, arrivalTimestamp: arrival, sequenceNumber, subsequenceNumber, rawData };
      to.write(`${JSON.stringify(document)}\n`);
    }
  }
  to.end();
  await finished(to);
}
