import { now } from '../platform/clock.ts';
import type { ByteString } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import type { InputFormat } from '../record/format.ts';
import { documented } from '../record/reference.ts';
import { isoOf, isoOfInternet, monthOf, offsetOf } from '../record/timestamp.ts';
import { readStructuredData } from './structured-data.ts';
import { type Fault, fault, jsonString, lineFormat, withoutByteOrderMark } from './text.ts';

export interface SyslogOptions {
  /** Year of RFC 3164 times, which bear none. Default: the latest that does not put the message in the future. */
  readonly year?: number;
  /** Zone of RFC 3164 times, which bear none: `+02:00`. Default UTC. */
  readonly offset?: string;
}

/** https://www.rfc-editor.org/rfc/rfc3164, https://www.rfc-editor.org/rfc/rfc5424 */
export const syslog = documented<[options?: SyslogOptions], InputFormat>(
  {
    name: 'syslog',
    summary:
      'Syslog messages of RFC 5424 and RFC 3164 (also with ISO times, a year, or without the priority, as files have them), one or several a record. Every document has facility, severity, severity_name, time (ISO 8601, UTC), host, app, process_id, message_id, structured_data, message; what a message lacks is null.',
    settings: {
      year: 'The year of RFC 3164 times, which bear none. Default: the latest that does not put the message in the future.',
      offset: 'The zone of RFC 3164 times, which bear none, as `+02:00`. Default UTC.',
    },
    examples: [
      {
        shows: 'RFC 5424 with structured data',
        args: [],
        in: '<165>1 2026-10-11T22:14:15.003Z web-1 cart 811 ID47 [shop@32473 store="3" note="a \\"b\\""] checkout done',
        out: '{"facility":20,"severity":5,"severity_name":"notice","time":"2026-10-11T22:14:15.003Z","host":"web-1","app":"cart","process_id":"811","message_id":"ID47","structured_data":{"shop@32473":{"store":"3","note":"a \\"b\\""}},"message":"checkout done"}',
      },
      {
        shows: 'RFC 3164',
        args: [{ year: 2026, offset: '+02:00' }],
        in: '<34>Oct 11 22:14:15 web-1 su[230]: failed for lonvick',
        out: '{"facility":4,"severity":2,"severity_name":"critical","time":"2026-10-11T20:14:15Z","host":"web-1","app":"su","process_id":"230","message_id":null,"structured_data":null,"message":"failed for lonvick"}',
      },
      { shows: 'no syslog', args: [], in: 'hello world', out: { failed: 'InvalidSyslog' } },
    ],
  },
  (options = {}) => {
    const zone = options.offset === undefined ? 0 : offsetOf(options.offset);
    if (zone === undefined) throw new TypeError('syslog: offset must be like "+02:00"');
    return lineFormat('syslog', (line) => readMessage(line, options.year, zone));
  },
);

const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'];
const NO_PRIORITY = '"facility":null,"severity":null,"severity_name":null';

function invalid(what: string): Fault {
  return fault('InvalidSyslog', what);
}

function readMessage(line: ByteString, year: number | undefined, zone: number): JsonText | Fault {
  const priority = /^<(\d{1,3})>/.exec(line);
  const value = Number(priority?.[1] ?? 0);
  if (value > 191) return invalid('the priority is over 191');
  const head =
    priority === null
      ? NO_PRIORITY
      : `"facility":${value >> 3},"severity":${value & 7},"severity_name":"${SEVERITIES[value & 7]}"`;
  const rest = line.slice(priority?.[0].length ?? 0);
  if (priority !== null && rest.startsWith('1 ')) return readVersion1(rest.slice(2), head);
  return readBsd(rest, head, priority !== null, year, zone);
}

const HEADER = /^(\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /;

function readVersion1(rest: ByteString, head: JsonText): JsonText | Fault {
  const header = HEADER.exec(rest);
  if (header === null) return invalid('the RFC 5424 header has not all of its fields');
  const [whole, timeText, host, app, process, message] = header;
  const time = timeText === '-' ? null : isoOfInternet(timeText!);
  if (time === undefined) return invalid('the time is no RFC 3339 time');
  const data = readStructuredData(rest, whole.length);
  if (data === undefined) return invalid('the structured data is broken');
  const text = withoutByteOrderMark(rest.slice(data.end + 1));
  return (
    `{${head},"time":${time === null ? 'null' : `"${time}"`},"host":${field(host!)},"app":${field(app!)},` +
    `"process_id":${field(process!)},"message_id":${field(message!)},"structured_data":${data.json},"message":${jsonString(text)}}`
  );
}

function field(raw: ByteString): JsonText {
  return raw === '-' ? 'null' : jsonString(raw);
}

const BSD_TIME = /^([A-Z][a-z]{2}) {1,2}(\d{1,2})(?: (\d{4}))? (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? /;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\S{5,40} /;
const TAG = /^([^\s[\]:]{1,64})(?:\[([^\]\s]{1,64})\])?: ?/;

/** RFC 3164, where only the time tells what follows. Without priority and time it is no syslog. */
function readBsd(
  rest: ByteString,
  head: JsonText,
  hasPriority: boolean,
  year: number | undefined,
  zone: number,
): JsonText | Fault {
  const time = readBsdTime(rest, year, zone);
  if (time === undefined) {
    if (!hasPriority) return invalid('there is neither a priority nor a time');
    return `{${head},${documentOf(undefined, undefined, rest)}}`;
  }
  const afterTime = rest.slice(time.length);
  const hostEnd = afterTime.indexOf(' ');
  const first = hostEnd < 0 ? '' : afterTime.slice(0, hostEnd);
  // Some senders leave the host out: the tag with its colon then follows the time.
  const noHost = first === '' || first.endsWith(':');
  return `{${head},${documentOf(time.iso, noHost ? undefined : first, noHost ? afterTime : afterTime.slice(hostEnd + 1))}}`;
}

function documentOf(time: string | undefined, host: ByteString | undefined, content: ByteString): JsonText {
  const tag = time === undefined ? null : TAG.exec(content);
  const text = content.slice(tag?.[0].length ?? 0);
  const [app, process] = [tag?.[1], tag?.[2]].map((part) => (part === undefined ? 'null' : jsonString(part)));
  return (
    `"time":${time === undefined ? 'null' : `"${time}"`},"host":${host === undefined ? 'null' : jsonString(host)},"app":${app},` +
    `"process_id":${process},"message_id":null,"structured_data":null,"message":${jsonString(withoutByteOrderMark(text))}`
  );
}

function readBsdTime(
  rest: ByteString,
  year: number | undefined,
  zone: number,
): { iso: string; length: number } | undefined {
  const written = ISO_TIME.exec(rest);
  if (written !== null) {
    const iso = isoOfInternet(written[0].trimEnd(), zone);
    return iso === undefined ? undefined : { iso, length: written[0].length };
  }
  const match = BSD_TIME.exec(rest);
  const month = match === null ? undefined : monthOf(match[1]!);
  if (match === null || month === undefined) return undefined;
  const [, , day, ownYear, hour, minute, second, fraction] = match;
  const fields = {
    month,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    fraction,
    offset: zone,
  };
  const known = ownYear === undefined ? year : Number(ownYear);
  const iso = known === undefined ? latest(fields) : isoOf({ ...fields, year: known });
  return iso === undefined ? undefined : { iso, length: match[0].length };
}

const DAY = 86_400_000;

/** The latest year that makes the time no more than a day in the future: a clock may be wrong, and December comes before January. */
function latest(fields: Omit<Parameters<typeof isoOf>[0], 'year'>): string | undefined {
  const thisYear = new Date(now()).getUTCFullYear();
  const candidates = [thisYear + 1, thisYear, thisYear - 1, thisYear - 2, thisYear - 3, thisYear - 4];
  return candidates
    .map((year) => isoOf({ ...fields, year }))
    .find((iso) => iso !== undefined && Date.parse(iso) <= now() + DAY);
}
