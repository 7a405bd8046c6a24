/** Log events: put and read. */
import type { Clock } from '../account/contracts.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { bool, integer, list, optional, structure, text } from '../gateway/shape.ts';
import { FilterPatternError } from './expression.ts';
import { compileFilterPattern, type FilterPattern } from './filter-pattern.ts';
import { findGroup, findStream, groupName, groupRef, invalid, readInput, streamName, token } from './inputs.ts';
import { LOGS } from './limits.ts';
import type { LogEvent, LogGroup, LogStore, LogStream } from './log-store.ts';
import type { Subscriptions } from './subscriptions.ts';

const put = readInput({
  logGroupName: groupName,
  logStreamName: streamName,
  logEvents: list(structure({ timestamp: integer({ min: 0 }), message: text({ min: 1, hidden: true }) }), {
    min: 1,
    max: LOGS.putEvents,
  }),
});
const time = optional(integer({ min: 0 }));
const get = readInput({
  ...groupRef,
  logStreamName: streamName,
  startTime: time,
  endTime: time,
  nextToken: token,
  limit: optional(integer({ min: 1, max: LOGS.readEvents })),
  startFromHead: optional(bool()),
});
const filter = readInput({
  ...groupRef,
  logStreamNames: optional(list(streamName, { min: 1, max: 100 })),
  logStreamNamePrefix: optional(streamName),
  startTime: time,
  endTime: time,
  filterPattern: optional(text({ max: 1024 })),
  nextToken: token,
  limit: optional(integer({ min: 1, max: LOGS.readEvents })),
});

type PutEvents = ReturnType<typeof put>['logEvents'];

export function eventOperations(
  store: LogStore,
  subscriptions: Subscriptions,
  clock: Clock,
): Record<string, JsonOperation> {
  return {
    async PutLogEvents(value) {
      const { logGroupName, logStreamName, logEvents } = put(value);
      const group = findGroup(store, { logGroupName });
      const stream = findStream(group, logStreamName);
      checkBatch(logEvents);
      const { accepted, rejected } = sortOut(logEvents, group, clock.now());
      await subscriptions.room();
      subscriptions.take(group.name, stream.name, store.append(group, stream, accepted));
      return {
        nextSequenceToken: '0',
        ...(Object.keys(rejected).length === 0 ? {} : { rejectedLogEventsInfo: rejected }),
      };
    },
    GetLogEvents(value) {
      const asked = get(value);
      return getEvents(findStream(findGroup(store, asked), asked.logStreamName), asked);
    },
    FilterLogEvents(value) {
      const asked = filter(value);
      return filterEvents(findGroup(store, asked), asked);
    },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
function checkBatch(events: PutEvents): void {
  let bytes = 0;
  for (const [index, { message, timestamp }] of events.entries()) {
    bytes += Buffer.byteLength(message) + LOGS.eventOverheadBytes;
    if (index > 0 && timestamp < (events[index - 1]?.timestamp ?? 0)) {
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
    }
  }
  if (bytes > LOGS.putBytes) throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${LOGS.putBytes}`);
  if ((events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0) > LOGS.putSpanMs) {
    throw invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
}

/** Events that are too old, expired or too new are left out, and told of by where they end or begin. */
function sortOut(
  events: PutEvents,
  group: LogGroup,
  now: number,
): { accepted: PutEvents; rejected: Record<string, number> } {
  const expiry = group.retentionInDays === undefined ? 0 : now - group.retentionInDays * 86_400_000;
  const tooOld = events.filter(({ timestamp }) => timestamp < now - LOGS.tooOldMs).length;
  const expired = events.filter(({ timestamp }) => timestamp < expiry).length;
  const tooNew = events.findIndex(({ timestamp }) => timestamp > now + LOGS.tooNewMs);
  const rejected = {
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
    ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
  };
  return { accepted: events.slice(Math.max(tooOld, expired), tooNew >= 0 ? tooNew : undefined), rejected };
}

interface Span {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
}

function within({ timestamp }: LogEvent, { startTime = 0, endTime = Number.POSITIVE_INFINITY }: Span): boolean {
  return timestamp >= startTime && timestamp < endTime;
}

/** Tokens name a place in the stream by its number: `f/` reads on from it, `b/` reads back from it. */
function getEvents(stream: LogStream, asked: ReturnType<typeof get>): Record<string, unknown> {
  const limit = asked.limit ?? LOGS.readEvents;
  const { from, to } = rangeOf(stream, asked, limit);
  const events = stream.events
    .slice(from - stream.dropped, to - stream.dropped)
    .filter((event) => within(event, asked));
  return {
    events: events.map(({ timestamp, ingestionTime, message }) => ({ timestamp, ingestionTime, message })),
    nextForwardToken: `f/${to}`,
    nextBackwardToken: `b/${from}`,
  };
}

function rangeOf(
  stream: LogStream,
  { nextToken, startFromHead, ...span }: ReturnType<typeof get>,
  limit: number,
): { from: number; to: number } {
  const all = stream.events;
  const begin = stream.dropped;
  const end = begin + all.length;
  if (nextToken !== undefined) {
    const match = /^([fb])\/(\d+)$/.exec(nextToken);
    if (match === null) throw invalid('The specified nextToken is invalid.');
    const place = Math.min(Math.max(Number(match[2]), begin), end);
    return match[1] === 'f'
      ? { from: place, to: Math.min(place + limit, end) }
      : { from: Math.max(place - limit, begin), to: place };
  }
  const first = all.findIndex((event) => within(event, span));
  const last = all.findLastIndex((event) => within(event, span));
  if (first === -1) return { from: end, to: end };
  const [from, to] = [begin + first, begin + last + 1];
  return startFromHead === true ? { from, to: Math.min(from + limit, to) } : { from: Math.max(to - limit, from), to };
}

function compile(pattern: string): FilterPattern {
  try {
    return compileFilterPattern(pattern);
  } catch (cause) {
    throw cause instanceof FilterPatternError ? invalid(cause.message) : cause;
  }
}

/** By time over all streams; the token is the last event given. */
function filterEvents(group: LogGroup, asked: ReturnType<typeof filter>): Record<string, unknown> {
  const matches = compile(asked.filterPattern ?? '');
  const after = asked.nextToken ?? '';
  const found: { stream: string; event: LogEvent }[] = [];
  for (const stream of group.streams.values()) {
    if (asked.logStreamNames !== undefined && !asked.logStreamNames.includes(stream.name)) continue;
    if (!stream.name.startsWith(asked.logStreamNamePrefix ?? '')) continue;
    for (const event of stream.events) {
      if (within(event, asked) && event.id > after && matches(event.message))
        found.push({ stream: stream.name, event });
    }
  }
  found.sort((left, right) => (left.event.id < right.event.id ? -1 : 1));
  const most = asked.limit ?? LOGS.readEvents;
  const page = upTo(found, most);
  const nextToken = page.length < found.length ? page.at(-1)?.event.id : undefined;
  const events = page.map(({ stream, event }) => ({
    logStreamName: stream,
    timestamp: event.timestamp,
    message: event.message,
    ingestionTime: event.ingestionTime,
    eventId: event.id,
  }));
  return { events, searchedLogStreams: [], nextToken };
}

/** At most so many, and no more than a megabyte. */
function upTo<T extends { event: LogEvent }>(found: readonly T[], most: number): readonly T[] {
  let bytes = 0;
  const end = found.findIndex(({ event }, index) => {
    bytes += event.message.length;
    return index >= most || (index > 0 && bytes > LOGS.readBytes);
  });
  return end === -1 ? found : found.slice(0, end);
}
