/** Dead letters that were not replayed: messages still queued, and objects still under the error prefixes. */
import { gunzipSync } from 'node:zlib';
import type { Objects, Queues } from '../account/contracts.ts';
import { documentsIn } from '../accounting/quarantine.ts';
import type { StreamName } from './feed.ts';
import type { ReplaySource } from './replay.ts';
import type { StackParts } from './stack.ts';

interface Holds {
  readonly objects: Objects;
  readonly queues: Queues;
}

export async function countWaiting({ objects, queues }: Holds, parts: StackParts, name: StreamName): Promise<number> {
  let waiting = 0;
  // A message doesn't tell which stream it is of without being received: they are counted with the events.
  if (name === 'events') for (const queue of parts.deadLetterQueues) waiting += await queues.depth(queue);
  const prefix = parts.errorPrefixes[name === 'events' ? 0 : 1] ?? '';
  for (const { key } of await objects.list(parts.lakeBucket, prefix)) {
    waiting += countRecords(await objects.get(parts.lakeBucket, key));
  }
  return waiting;
}

/** The sources that the replayer is sent through. */
export function replaySources({ objects, queues }: Holds, parts: StackParts): readonly ReplaySource[] {
  const [queue = ''] = parts.deadLetterQueues;
  return [
    { source: 'queue', isEmpty: async () => (await queues.depth(queue)) === 0 },
    ...parts.errorPrefixes.map((prefix) => ({
      source: `s3://${parts.lakeBucket}/${prefix}`,
      isEmpty: async () => (await objects.list(parts.lakeBucket, prefix)).length === 0,
    })),
  ];
}

/** An error object holds a failed record a line, its bytes in base64; each may be several that a consumer joined. */
function countRecords(body: Buffer): number {
  const text = (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body).toString();
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.reduce((sum, line) => sum + documentsIn(rawDataOf(line)), 0);
}

function rawDataOf(line: string): Buffer {
  try {
    return Buffer.from(String((JSON.parse(line) as { rawData?: unknown }).rawData ?? ''), 'base64');
  } catch {
    return Buffer.alloc(0);
  }
}
