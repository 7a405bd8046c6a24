import { wordsOfPath } from '../detection/keywords.ts';
import { detector, EVIDENCE, type Extent, type Place } from '../detector.ts';
import { isPriced } from '../tables/amounts.ts';

export const ip = detector({
  name: 'ip',
  group: 'network',
  finds:
    'IPv4 addresses in dotted decimal; IPv6 addresses in every form of RFC 4291: full, compressed, with an IPv4 tail, with a zone.',
  needs: 'Four octets of 0 to 255 without leading zeros, or a well-formed IPv6 address.',
  overlooks:
    'Four numbers that belong to a product (`Chrome/126.0.0.0`), to a version, or to a longer dotted name; `0.0.0.0`, net masks; addresses as one number or in hexadecimal.',
  keywords: [
    'ip',
    'ip address',
    'ipv4',
    'ipv6',
    'remote addr',
    'client',
    'host',
    'peer',
    'x forwarded for',
    'gateway',
    'addr',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: quadShapes(),
      separators: '.',
      beside: ' /+_-',
      evidence: EVIDENCE.shape,
      verify: isIpv4,
    },
    {
      kind: 'anchor',
      characters: ':',
      before: /[\da-f:\s[({"'=,;<>|/-]|^$/i,
      after: /[\da-f:]/i,
      find: findIpv6,
      evidence: EVIDENCE.shape,
    },
  ],
  examples: {
    hits: [
      '203.0.113.42',
      'from 10.0.0.1:8080',
      'http://192.168.1.1/admin',
      '10.0.0.0/8',
      '2001:db8:85a3::8a2e:370:7334',
      '2001:0db8:85a3:0000:0000:8a2e:0370:7334',
      '::1',
      'fe80::1ff:fe23:4567:890a%eth0',
      '::ffff:192.0.2.128',
      '[2001:db8::1]:443',
      '<td>203.0.113.42</td>',
      'node 10.0.0.5 is NotReady',
      'v=spf1 ip6:2001:db8::1 -all',
      'record updated from 203.0.113.1 to 203.0.113.2',
      '10.0.0.5 build agent offline',
      'IP 10.0.0.1 > 10.0.0.2: ICMP echo request',
    ],
    misses: [
      'Chrome/126.0.0.0',
      'version 1.2.3.4',
      'upgraded from version 4.8.1.2 to 4.8.1.3',
      'registry.example.com/app:2.4.1.7',
      'foo_1.2.3.4_amd64.deb',
      'v1.2.3.4',
      '1.2.3.4.5',
      '256.1.1.1',
      '01.02.03.04',
      '1.2.3.4-SNAPSHOT',
      '1.234.123.200 Ft',
      '0.0.0.0',
      '255.255.255.0',
      '10:05:03',
      'std::string',
      'A::B',
      'de:ad:be:ef:00:01:02:03',
    ],
  },
});

function quadShapes(): string[] {
  const lengths = [1, 2, 3];
  return lengths.flatMap((a) =>
    lengths.flatMap((b) => lengths.flatMap((c) => lengths.map((d) => `${a}-${b}-${c}-${d}`))),
  );
}

function isIpv4(_digits: string, place: Place): boolean {
  return areOctets(place) && !isVersion(place) && !isPrice(place);
}

/** A number with its thousands set apart by dots, beside a currency. */
function isPrice({ text, start, end }: Place): boolean {
  return text[end - 4] === '.' && text[end - 8] === '.' && text[end - 12] === '.' && isPriced(text, start, end);
}

/** 0 to 255 without leading zeros; no net mask, and not the address of nobody. */
function areOctets({ text, start, end }: Place): boolean {
  let octet = -1;
  let sum = 0;
  for (let i = start; i <= end; i++) {
    const code = i === end ? DOT : text.charCodeAt(i);
    if (code === DOT) {
      if (octet > 255 || (octet === 255 && sum === 0 && text.charCodeAt(start) === 0x32 && i - start === 3))
        return false;
      sum += octet;
      octet = -1;
    } else {
      if (octet === 0) return false;
      octet = (octet < 0 ? 0 : octet) * 10 + code - 0x30;
    }
  }
  return sum > 0;
}

const DOT = 0x2e;

/** Words before four numbers that make them a version: also of the products that are met most. */
const VERSION_BEFORE =
  /(?:version|versions|[~^><]=?|==|\b(?:chrome|chromium|firefox|safari|edge|edg|opera|opr|webkit|windows|android|ios|macos|linux|java|openssl|v|ver|vers|release|rel|build|firmware|fw|revision|rev|rv|patch|sdk|driver|kernel|(?:up|down)grad(?:ed?|ing) (?:from|to)|bump(?:ed|ing)?(?: from| to)?))[\s:=v"'_-]{0,4}$/i;

function isVersion({ text, start, end, context }: Place): boolean {
  const after = text.slice(end, end + 2);
  if (/^[.-][A-Za-z]/.test(after) && !/^\.in-addr/.test(text.slice(end, end + 8))) return true;
  if (RELEASED.test(text.slice(end, end + 12)) || PACKAGED.test(text.slice(end, end + 8))) return true;
  if (start > 0 && text[start - 1] === '/') return followsProduct(text, start - 1);
  const keys = wordsOfPath(context.path);
  if (AGENT_PATH.test(keys) || (text.length <= LONGEST_VERSION && VERSION_PATH.test(keys))) return true;
  if (start === 0) return false;
  const before = text[start - 1]!;
  if (before === '.') return true;
  // `<203.0.113.5>` and `->203.0.113.5` compare nothing.
  if (before === '<' && text[end] === '>') return false;
  if (before === '>' && (text[start - 2] === '-' || text[start - 2] === '=')) return false;
  // Behind a tag, `<td>203.0.113.5`, or a first address, `10.0.0.1 > 10.0.0.2`, neither.
  if (before === '>' && endsTag(text, start - 1)) return false;
  if (before === ' ' && text[start - 2] === '>' && AFTER_ADDRESS.test(text.slice(Math.max(0, start - 22), start)))
    return false;
  if (!NAMES_VERSION.test(before) || /^:\d/.test(after)) return false;
  return VERSION_BEFORE.test(text.slice(Math.max(0, start - 24), start)) || followsVersion(text, start);
}

/** A longer text under the key of a version tells of other things too. */
const LONGEST_VERSION = 48;

const SECOND_VERSION =
  /(?:version|(?:up|down)grad(?:ed?|ing)|bump(?:ed|ing)?)\b.{0,12}\d(?:\.\d{1,3}){3} ?(?:to|and|or|->|=>|\u2192) ?v?$/i;
const IMAGE_TAG = /\/[\w.-]{1,60}:$/;

/** `upgraded from 4.8.1.2 to 4.8.1.3`, `registry.example.com/app:2.4.1.7`. */
function followsVersion(text: string, start: number): boolean {
  return (
    SECOND_VERSION.test(text.slice(Math.max(0, start - 64), start)) ||
    IMAGE_TAG.test(text.slice(Math.max(0, start - 64), start))
  );
}

/** `foo_1.2.3.4_amd64.deb`, `libfoo 1.2.3.4-5ubuntu1`. */
const PACKAGED = /^(?:_(?:amd64|arm64|armhf|i386|x86|x64|all|win|linux|darwin|macos)|-\d{1,3}[a-z~+])/i;
const RELEASED = /^ (?:released?\b|is out\b|build \d|beta\b|alpha\b|rc\b)/i;

/** Keys of versions: `appVersion`, `os.build`; not `versionHostIp`. */
const VERSION_PATH =
  / (?:version|versions|ver|build|firmware|fw|release|revision|sdk|kernel|browser|engine|runtime|package|plugin|library)(?! (?:\w{1,20} ){0,2}(?:ip|addr|address|host|server|source|src|dst|dest|remote|peer|gateway|node|endpoint|target) ) /;

const AFTER_ADDRESS = /(?:\d\.\d{1,3}|:[\da-f]{1,4}|\[IP\]) ?> $/i;

/** Whether the `>` at `at` ends a tag of HTML or XML. */
function endsTag(text: string, at: number): boolean {
  return /<[A-Za-z/][^<>]{0,118}$/.test(text.slice(Math.max(0, at - 120), at));
}

/** Keys of user agents, whatever their length. */
const AGENT_PATH = / (?:browser|user ?agent|ua) (?!(?:\w{1,20} ){0,2}(?:ip|addr|address|host) )/;

/** What may stand between a word like `version` and its number. */
const NAMES_VERSION = /[\s:=v"'_>~^<-]/i;

/** `Chrome/126.0.0.0`: a word, and nothing of a path before it. */
function followsProduct(text: string, slash: number): boolean {
  let start = slash;
  let letters = false;
  const limit = Math.max(0, slash - 40);
  while (start > limit) {
    const code = text.charCodeAt(start - 1);
    const letter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
    if (!letter && !isProductMark(code)) break;
    letters ||= letter;
    start--;
  }
  return letters && (start === 0 || BEFORE_PRODUCT.includes(text[start - 1]!));
}

const BEFORE_PRODUCT = ' \t;(,"\'';

function isProductMark(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2b || code === 0x2d || code === 0x5f;
}

const LONGEST_IPV6 = 45;

/** Begins only at the first colon of a run, so that a run is read once. */
function findIpv6(text: string, at: number): Extent | undefined {
  let start = at;
  while (start > 0 && at - start < 5 && isHex(text.charCodeAt(start - 1))) start--;
  if (start > 0 && isWordOrColon(text.charCodeAt(start - 1)) && !isLabelled(text, start)) return undefined;
  let end = at;
  let colons = 0;
  let dots = 0;
  while (end < text.length && end - start <= LONGEST_IPV6) {
    const code = text.charCodeAt(end);
    if (code === 0x3a) colons++;
    else if (code === 0x2e) dots++;
    else if (!isHex(code)) break;
    end++;
  }
  while (end > at && text.charCodeAt(end - 1) === 0x2e) {
    end--;
    dots--;
  }
  if (colons < 2 || (end < text.length && isWordOrColon(text.charCodeAt(end)))) return undefined;
  if (text.charCodeAt(end - 1) === 0x3a && text.charCodeAt(end - 2) !== 0x3a) end--;
  if (!isIpv6(text.slice(start, end), dots > 0)) return undefined;
  const zone = /%[A-Za-z0-9._-]{1,16}/y;
  zone.lastIndex = end;
  return [start, end + (zone.exec(text)?.[0].length ?? 0)];
}

/** `ip6:2001:db8::1`: behind a colon, but that of a word which is no group itself, and no hour: `T09:12:44`. */
function isLabelled(text: string, start: number): boolean {
  if (text.charCodeAt(start - 1) !== 0x3a) return false;
  let at = start - 2;
  let word = false;
  for (const limit = start - 24; at >= 0 && at > limit; at--) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) continue;
    if (code !== 0x5f && ((code | 0x20) < 0x61 || (code | 0x20) > 0x7a)) break;
    word ||= (code | 0x20) > 0x66;
  }
  const first = text.charCodeAt(at + 1) | 0x20;
  return word && first >= 0x61 && !(first === 0x74 && isDigitAt(text, at + 2));
}

function isDigitAt(text: string, at: number): boolean {
  return text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39;
}

function isIpv6(address: string, mixed: boolean): boolean {
  const halves = address.split('::');
  if (halves.length > 2) return false;
  let units = 0;
  let tail = address;
  if (mixed) {
    const cut = address.lastIndexOf(':') + 1;
    const octets = address.slice(cut).split('.');
    if (octets.length !== 4 || !octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)) return false;
    units = 2;
    tail = address.slice(0, cut);
  }
  const groups = tail.split(':').filter((group) => group !== '');
  if (!groups.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return false;
  units += groups.length;
  if (halves.length === 1) return units === 8 && !groups.every((group) => group.length === 2);
  return units >= 1 && units < 8 && isNoName(address, groups);
}

/** `A::B` and `dead::beef` are names of programming languages before they are addresses. */
function isNoName(address: string, groups: readonly string[]): boolean {
  if (!/\d/.test(address)) return false;
  return groups.length > 2 || address.startsWith('::') || groups.some((group) => group.length > 2 && /\d/.test(group));
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
}

function isWordOrColon(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code === 0x5f || code === 0x3a
  );
}
