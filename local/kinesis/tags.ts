import { AwsError } from '../gateway/aws-error.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { input, integer, list, optional, text, textMap } from '../gateway/shape.ts';
import { findStream, streamRef } from './inputs.ts';
import type { StreamStore } from './store.ts';
import type { Stream } from './stream.ts';

const tagKey = text({ min: 1, max: 128 });
const keys = list(tagKey, { min: 1, max: 50 });
const resource = { ResourceARN: text({ min: 1, max: 2048 }) };
const readAdd = input({ ...streamRef, Tags: textMap({ max: 50 }) });
const readRemove = input({ ...streamRef, TagKeys: keys });
const readList = input({
  ...streamRef,
  ExclusiveStartTagKey: optional(tagKey),
  Limit: optional(integer({ min: 1, max: 50 })),
});
const readTag = input({ ...resource, Tags: textMap({ max: 200 }) });
const readUntag = input({ ...resource, TagKeys: keys });
const readListResource = input(resource);

/** Source: AddTagsToStream's API reference. */
const MOST_TAGS = 50;

export function tagOperations(store: StreamStore): Record<string, JsonOperation> {
  return {
    AddTagsToStream(raw) {
      const request = readAdd(raw);
      return addTags(findStream(store, request), request.Tags);
    },
    RemoveTagsFromStream(raw) {
      const request = readRemove(raw);
      return removeTags(findStream(store, request), request.TagKeys);
    },
    ListTagsForStream(raw) {
      const request = readList(raw);
      const after = request.ExclusiveStartTagKey ?? '';
      const all = listed(findStream(store, request)).filter((tag) => tag.Key > after);
      const page = all.slice(0, request.Limit ?? MOST_TAGS);
      return { Tags: page, HasMoreTags: page.length < all.length };
    },
    TagResource(raw) {
      const request = readTag(raw);
      return addTags(store.stream(request.ResourceARN), request.Tags);
    },
    UntagResource(raw) {
      const request = readUntag(raw);
      return removeTags(store.stream(request.ResourceARN), request.TagKeys);
    },
    ListTagsForResource: (raw) => ({ Tags: listed(store.stream(readListResource(raw).ResourceARN)) }),
  };
}

function addTags(stream: Stream, tags: Readonly<Record<string, string>>): undefined {
  const merged = new Map([...stream.tags, ...Object.entries(tags)]);
  if (merged.size > MOST_TAGS) {
    throw new AwsError(
      'InvalidArgumentException',
      `Failed to add tags to stream ${stream.name}: a stream has at most ${MOST_TAGS} tags.`,
    );
  }
  for (const [key, value] of merged) stream.tags.set(key, value);
  return undefined;
}

function removeTags(stream: Stream, names: readonly string[]): undefined {
  for (const name of names) stream.tags.delete(name);
  return undefined;
}

function listed(stream: Stream): { Key: string; Value: string }[] {
  return [...stream.tags].map(([Key, Value]) => ({ Key, Value })).sort((a, b) => (a.Key < b.Key ? -1 : 1));
}
