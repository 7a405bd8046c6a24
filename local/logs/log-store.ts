/** Log groups, their streams and events, in bounded memory: the oldest events give way. */

export interface LogEvent {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

export interface LogStream {
  readonly name: string;
  readonly creationTime: number;
  /** By timestamp. */
  readonly events: LogEvent[];
  /** Events that gave way: what the first in `events` is counted from. */
  dropped: number;
  lastIngestionTime: number | undefined;
}

export interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly creationTime: number;
  retentionInDays: number | undefined;
  readonly tags: Map<string, string>;
  readonly streams: Map<string, LogStream>;
  storedBytes: number;
}

export interface LogStore {
  readonly groups: ReadonlyMap<string, LogGroup>;
  addGroup(name: string): LogGroup;
  removeGroup(name: string): void;
  addStream(group: LogGroup, name: string): LogStream;
  removeStream(group: LogGroup, name: string): void;
  /** Adds messages in order of their timestamps; gives them ids. */
  append(
    group: LogGroup,
    stream: LogStream,
    messages: readonly { timestamp: number; message: string }[],
  ): readonly LogEvent[];
  /** Events that had to give way. */
  dropped(): number;
}

export interface LogStoreOptions {
  readonly now: () => number;
  readonly region: string;
  readonly accountId: string;
  /** What all events may take together. */
  readonly mostBytes: number;
}

interface Arrival {
  readonly group: LogGroup;
  readonly stream: LogStream;
  readonly count: number;
  readonly bytes: number;
}

/** An event's share of memory beside its message. */
const EVENT_BYTES = 120;
const COMPACT_AT = 1024;

export function createLogStore(options: LogStoreOptions): LogStore {
  const groups = new Map<string, LogGroup>();
  const arrivals: Arrival[] = [];
  let head = 0;
  let bytes = 0;
  let dropped = 0;
  let count = 0;

  function makeRoom(): void {
    while (bytes > options.mostBytes && head < arrivals.length) {
      const arrival = arrivals[head] as Arrival;
      arrivals[head] = undefined as never;
      head += 1;
      forget(arrival);
      dropped += arrival.stream.events.splice(0, arrival.count).length;
      arrival.stream.dropped += arrival.count;
    }
    if (head <= COMPACT_AT) return;
    arrivals.splice(0, head);
    head = 0;
  }

  function forget(arrival: Arrival): void {
    bytes -= arrival.bytes;
    arrival.group.storedBytes -= arrival.bytes;
  }

  return {
    groups,
    dropped: () => dropped,
    addGroup(name) {
      const arn = `arn:aws:logs:${options.region}:${options.accountId}:log-group:${name}`;
      const tags = new Map<string, string>();
      const creationTime = options.now();
      const group = { name, arn, creationTime, retentionInDays: undefined, tags, streams: new Map(), storedBytes: 0 };
      groups.set(name, group);
      return group;
    },
    removeGroup: (name) => void groups.delete(name),
    addStream(group, name) {
      const creationTime = options.now();
      const stream: LogStream = { name, creationTime, events: [], dropped: 0, lastIngestionTime: undefined };
      group.streams.set(name, stream);
      return stream;
    },
    removeStream: (group, name) => void group.streams.delete(name),
    append(group, stream, messages) {
      const ingestionTime = options.now();
      let size = 0;
      const events = messages.map(({ timestamp, message }): LogEvent => {
        size += message.length + EVENT_BYTES;
        return { id: eventId(timestamp, count++), timestamp, ingestionTime, message };
      });
      for (const event of events) insert(stream.events, event);
      stream.lastIngestionTime = ingestionTime;
      group.storedBytes += size;
      bytes += size;
      arrivals.push({ group, stream, count: events.length, bytes: size });
      makeRoom();
      return events;
    },
  };
}

/** 56 digits that grow with time, as AWS's do. */
function eventId(timestamp: number, count: number): string {
  return `3${String(timestamp).padStart(15, '0')}${String(count).padStart(40, '0')}`;
}

/** Mostly at the end: batches come in order. */
function insert(events: LogEvent[], event: LogEvent): void {
  let at = events.length;
  while (at > 0 && (events[at - 1] as LogEvent).timestamp > event.timestamp) at -= 1;
  if (at === events.length) events.push(event);
  else events.splice(at, 0, event);
}
