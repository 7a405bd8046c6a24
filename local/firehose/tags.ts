import type { Members } from './constraints.ts';
import { invalidArgument } from './errors.ts';

export type Tags = Map<string, string>;

const MOST_TAGS = 50;

/** Adds the tags of a request. Throws when one can't be a tag, or there would be too many. */
export function addTags(tags: Tags, given: unknown): void {
  if (given === undefined || given === null) return;
  if (!Array.isArray(given)) throw invalidArgument('Tags must be a list.');
  const next = new Map(tags);
  for (const { Key, Value = '' } of given as Members[]) {
    const key = String(Key ?? '');
    if (key === '' || key.length > 128 || key.startsWith('aws:')) throw invalidArgument('Invalid tag key.');
    if (String(Value).length > 256) throw invalidArgument('Invalid tag value.');
    next.set(key, String(Value));
  }
  if (next.size > MOST_TAGS) throw invalidArgument('A delivery stream cannot have more than 50 tags.');
  for (const [key, value] of next) tags.set(key, value);
}

/** A page of tags, by key. */
export function listTags(tags: Tags, after: unknown, limit: unknown): object {
  const all = [...tags].sort(([one], [other]) => (one < other ? -1 : 1)).filter(([key]) => key > String(after ?? ''));
  const page = all.slice(0, Number(limit ?? MOST_TAGS));
  return { Tags: page.map(([Key, Value]) => ({ Key, Value })), HasMoreTags: all.length > page.length };
}
