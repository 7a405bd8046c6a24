import type { LogEvent } from './log-envelope.ts';

/**
 * How lines that belong together are told. `indentation`: a line that begins with white space, `Caused by:` or
 * `Suppressed:`, and the last line of a Python traceback, go on with what came before. A pattern: a line that matches it
 * starts something new, every other goes on.
 */
export type Joining = 'indentation' | RegExp;

/** One or several log events that are one: of a stack trace, the lines. */
export type Lines = readonly [LogEvent, ...LogEvent[]];

const INDENTED = /^(?:[ \t]+\S|(?:Caused by|Suppressed): |\.{3} \d+ more)/;
const TRACEBACK = /^Traceback \(most recent call last\):/m;
const PYTHON_ERROR = /^[A-Za-z_][\w.]*(?::|$)/;
/** Lambda's own lines stand for themselves. */
const PLATFORM = /^(?:START|END|REPORT) RequestId: |^(?:INIT|RESTORE)_(?:START|REPORT) /;

/** Lines of one thing, at most: what does not end by itself is ended here. */
const MOST_LINES = 1000;

/** Groups the events of one stream, in order. */
export function joinLines(events: readonly LogEvent[], joining: Joining | undefined): readonly Lines[] {
  if (joining === undefined) return events.map((event) => [event]);
  const groups: [LogEvent, ...LogEvent[]][] = [];
  for (const event of events) {
    const open = groups.at(-1);
    if (open !== undefined && open.length < MOST_LINES && goesOn(open, event.message, joining)) open.push(event);
    else groups.push([event]);
  }
  return groups;
}

function goesOn(open: Lines, message: string, joining: Joining): boolean {
  if (PLATFORM.test(message) || PLATFORM.test(open[0].message)) return false;
  if (joining !== 'indentation') return !matches(joining, message);
  if (INDENTED.test(message)) return true;
  const last = open.at(-1)!.message;
  return PYTHON_ERROR.test(message) && /^[ \t]/.test(last) && TRACEBACK.test(open[0].message);
}

function matches(pattern: RegExp, message: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(message);
}
