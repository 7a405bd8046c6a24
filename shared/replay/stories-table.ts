import type { Story } from './ledger.ts';
import { expiry, type Item, readItems, writeItems } from './table.ts';

/** The stories of records, by the digest of their bytes. */
export async function readStories(table: string, digests: readonly string[]): Promise<ReadonlyMap<string, Story>> {
  const items = await readItems(table, [...new Set(digests)].map(keyOf));
  return new Map(items.map(({ pk, story }) => [(pk?.S ?? '').slice(PREFIX.length), JSON.parse(story?.S ?? '[]')]));
}

export async function keepStories(table: string, stories: ReadonlyMap<string, Story>): Promise<void> {
  const items = [...stories].map(([digest, story]) => ({
    ...keyOf(digest),
    story: { S: JSON.stringify(story) },
    ...expiry(),
  }));
  await writeItems(table, items);
}

const PREFIX = 'record#';

function keyOf(digest: string): Item {
  return { pk: { S: `${PREFIX}${digest}` }, sk: { S: 'story' } };
}
