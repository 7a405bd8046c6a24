import type { ByteString } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import type { InputFormat } from '../record/format.ts';
import { documented } from '../record/reference.ts';
import { isoOfCommonLog } from '../record/timestamp.ts';
import { type Fault, fault, isText, jsonString, lineFormat } from './text.ts';

export interface AccessLogOptions {
  /** Refuses lines of the other kind. Default: both are taken. */
  readonly lines?: 'combined' | 'common';
}

/**
 * Apache's common and combined log formats, which nginx writes as well:
 * https://httpd.apache.org/docs/2.4/logs.html, https://nginx.org/en/docs/http/ngx_http_log_module.html
 */
export const accessLog = documented<[options?: AccessLogOptions], InputFormat>(
  {
    name: 'accessLog',
    summary:
      'Access log lines of Apache and nginx, common or combined, one or several a record. Every document has remote_host, ident, remote_user, time (ISO 8601, UTC), method, path, query, protocol, status, bytes, referrer, user_agent; `-` is null. A request line that is no HTTP is kept as `request`; what follows the last field as `extra`; a virtual host before the client as `virtual_host`.',
    settings: { lines: '`combined` or `common` refuses lines of the other kind. Default: both are taken.' },
    examples: [
      {
        shows: 'a combined line',
        args: [],
        in: '203.0.113.7 - frank [10/Oct/2026:13:55:36 -0700] "GET /cart?id=7 HTTP/1.1" 200 2326 "https://shop.example/" "Mozilla/5.0"',
        out: '{"remote_host":"203.0.113.7","ident":null,"remote_user":"frank","time":"2026-10-10T20:55:36Z","method":"GET","path":"/cart","query":"id=7","protocol":"HTTP/1.1","status":200,"bytes":2326,"referrer":"https://shop.example/","user_agent":"Mozilla/5.0"}',
      },
      {
        shows: 'a common line from an IPv6 client',
        args: [],
        in: '2001:db8::1 - - [10/Oct/2026:13:55:36 +0000] "HEAD / HTTP/2.0" 304 -',
        out: '{"remote_host":"2001:db8::1","ident":null,"remote_user":null,"time":"2026-10-10T13:55:36Z","method":"HEAD","path":"/","query":null,"protocol":"HTTP/2.0","status":304,"bytes":null,"referrer":null,"user_agent":null}',
      },
      {
        shows: 'a request that is no HTTP',
        args: [],
        in: '203.0.113.7 - - [10/Oct/2026:13:55:36 +0000] "\\x16\\x03\\x01\\xff" 400 226 "-" "-"',
        out: '{"remote_host":"203.0.113.7","ident":null,"remote_user":null,"time":"2026-10-10T13:55:36Z","method":null,"path":null,"query":null,"protocol":null,"request":"\\\\x16\\\\x03\\\\x01\\\\xff","status":400,"bytes":226,"referrer":null,"user_agent":null}',
      },
      {
        shows: 'a line without a time',
        args: [],
        in: '203.0.113.7 - - "GET / HTTP/1.1" 200 5',
        out: { failed: 'InvalidAccessLog' },
      },
    ],
  },
  ({ lines } = {}) => lineFormat('accessLog', (line) => readAccessLine(line, lines)),
);

function invalid(what: string): Fault {
  return fault('InvalidAccessLog', what);
}

function readAccessLine(line: ByteString, only: AccessLogOptions['lines']): JsonText | Fault {
  const timeAt = line.indexOf(' [');
  const timeEnd = timeAt + TIME_LENGTH + 2;
  if (timeAt < 0 || !line.startsWith('] "', timeEnd)) return invalid('there is no [time] before the request');
  const client = readClient(line.slice(0, timeAt));
  const time = readTime(line.slice(timeAt + 2, timeEnd));
  if (client === undefined) return invalid('host, ident and user are not there');
  if (time === undefined) return invalid('the time is no date');
  const requestEnd = endOfQuoted(line, timeEnd + 3);
  if (requestEnd < 0) return invalid('the request has no closing quote');
  COUNTS.lastIndex = requestEnd + 1;
  const counts = COUNTS.exec(line);
  if (counts === null) return invalid('status and bytes are not there');
  const agent = readAgent(line, COUNTS.lastIndex);
  if (only === 'combined' && !agent.combined) return invalid('referrer and user agent are not there');
  if (only === 'common' && COUNTS.lastIndex < line.length) return invalid('there is more than the common format has');
  const request = readRequest(line.slice(timeEnd + 3, requestEnd));
  return `{${client},"time":"${time}",${request},"status":${numberOr(counts[1]!)},"bytes":${numberOr(counts[2]!)},${agent.json}}`;
}

const TIME_LENGTH = '17/May/2015:10:05:03 +0000'.length;
const COUNTS = / (\d{3}|-) (0|[1-9]\d{0,18}|-)(?= |$)/y;

function numberOr(text: string): JsonText {
  return text === '-' ? 'null' : text;
}

let lastTime = '';
let lastIso: string | undefined;

/** Lines of one record mostly bear the same second. */
function readTime(text: string): string | undefined {
  if (text !== lastTime) {
    lastTime = text;
    lastIso = isoOfCommonLog(text);
  }
  return lastIso;
}

/** `host ident user`, where a user's name may hold spaces; Debian's vhost_combined has `name:port` before them. */
function readClient(text: ByteString): JsonText | undefined {
  const hostEnd = text.indexOf(' ');
  const identEnd = text.indexOf(' ', hostEnd + 1);
  if (hostEnd < 1 || identEnd < hostEnd + 2 || identEnd === text.length - 1) return undefined;
  const [host, ident, user] = [text.slice(0, hostEnd), text.slice(hostEnd + 1, identEnd), text.slice(identEnd + 1)];
  if (user.startsWith('- ') && /:\d+$/.test(host)) {
    return `"virtual_host":${jsonString(host)},"remote_host":${jsonString(ident)},"ident":null,"remote_user":${field(user.slice(2))}`;
  }
  return `"remote_host":${jsonString(host)},"ident":${field(ident)},"remote_user":${field(user)}`;
}

/** Where a quoted field ends. A bare quote inside a value, as some servers write it, is not followed by a space. */
function endOfQuoted(line: ByteString, from: number): number {
  let quote = line.indexOf('"', from);
  while (quote >= 0) {
    let backslashes = 0;
    while (quote - backslashes > from && line[quote - backslashes - 1] === '\\') backslashes++;
    if (backslashes % 2 === 0 && (quote + 1 === line.length || line[quote + 1] === ' ')) return quote;
    quote = line.indexOf('"', quote + 1);
  }
  return -1;
}

function readRequest(raw: ByteString): JsonText {
  if (raw === '-' || raw === '') return NO_REQUEST;
  const methodEnd = raw.indexOf(' ');
  const method = raw.slice(0, Math.max(methodEnd, 0));
  if (!METHOD.test(method)) return `${NO_REQUEST},"request":${field(raw)}`;
  const targetEnd = raw.lastIndexOf(' ');
  const protocol = raw.slice(targetEnd + 1);
  // HTTP/0.9 has a method and a path only.
  const hasProtocol = targetEnd > methodEnd && PROTOCOL.test(protocol);
  const target = raw.slice(methodEnd + 1, hasProtocol ? targetEnd : undefined);
  if (target === '' || (!hasProtocol && target.includes(' '))) return `${NO_REQUEST},"request":${field(raw)}`;
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? 'null' : text(target.slice(mark + 1));
  return `"method":"${method}","path":${text(path)},"query":${query},"protocol":${hasProtocol ? `"${protocol}"` : 'null'}`;
}

const NO_REQUEST = '"method":null,"path":null,"query":null,"protocol":null';
const METHOD = /^[A-Za-z]{1,20}(?:-[A-Za-z]{1,20})?$/;
const PROTOCOL = /^[A-Z]{3,5}\/\d(?:\.\d)?$/;

/** Referrer and user agent, and what a server was told to write after them. */
function readAgent(line: ByteString, at: number): { json: JsonText; combined: boolean } {
  const referrerEnd = line.startsWith(' "', at) ? endOfQuoted(line, at + 2) : -1;
  if (referrerEnd < 0 || !line.startsWith(' "', referrerEnd + 1)) {
    return { json: `"referrer":null,"user_agent":null${extra(line, at)}`, combined: false };
  }
  const closed = endOfQuoted(line, referrerEnd + 3);
  // Servers cut over-long lines off: the user agent is then what there is of it.
  const agentEnd = closed < 0 ? line.length : closed;
  const referrer = field(line.slice(at + 2, referrerEnd));
  const agent = field(line.slice(referrerEnd + 3, agentEnd));
  return { json: `"referrer":${referrer},"user_agent":${agent}${extra(line, agentEnd + 1)}`, combined: true };
}

function extra(line: ByteString, at: number): JsonText {
  const rest = line.slice(at).trim();
  return rest === '' ? '' : `,"extra":${jsonString(rest)}`;
}

function field(raw: ByteString): JsonText {
  return raw === '-' || raw === '' ? 'null' : text(raw);
}

/** A value without its escapes; where they spell no UTF-8, as it was written. */
function text(raw: ByteString): JsonText {
  if (!raw.includes('\\')) return jsonString(raw);
  const plain = raw.replace(/\\(?:x([0-9A-Fa-f]{2})|(["\\bnrtv]))/g, unescaped);
  return jsonString(isText(plain) ? plain : raw);
}

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v' };

function unescaped(_: string, hex: string | undefined, letter: string): string {
  return hex === undefined ? (CONTROLS[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16));
}
