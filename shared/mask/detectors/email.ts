import { detector, EVIDENCE, type Extent } from '../detector.ts';

export const email = detector({
  name: 'email',
  group: 'contact',
  finds:
    'Email addresses: with +tags, hyphens, quoted or international local parts, international domains, and domain literals in brackets.',
  needs: 'A domain of two labels or more whose last one is made of letters (or begins with `xn--`).',
  overlooks:
    'Addresses without a dot in the domain (`root@localhost`), and spelled-out ones (`alice at example dot com`).',
  keywords: ['email', 'e mail', 'mail', 'mailto', 'correo', 'courriel'],
  rules: [
    {
      kind: 'anchor',
      characters: '@',
      before: /[^\s@<>()[\]{},;:|\\]|^$/,
      after: /[^\s@<>(){},;:|\\.]|^$/,
      find: findEmail,
      evidence: EVIDENCE.shape,
    },
  ],
  keys: [
    {
      names: ['email', 'emailaddress', 'emailaddr', 'mailaddress', 'useremail', 'workemail'],
      suffix: false,
      verify: (text) => text.includes('@'),
    },
  ],
  examples: {
    hits: [
      'alice@example.com',
      'Alice <alice.b+news@mail.example-shop.co.uk>',
      "o'brien@example.ie",
      '"john doe"@example.com',
      'user@[192.0.2.1]',
      'postmaster@xn--bcher-kva.example',
      'jörg@bücher.example',
      '用户@例子.公司',
      'mailto:bob@example.org?subject=x',
      'email=carol_99@example.travel&x=1',
      'bounces+7-jane=example.org@lists.example.com',
    ],
    misses: [
      'root@localhost',
      'lodash@4.17.21',
      'ember@3.0.5.beta',
      '@scope/package',
      'icon@2x.png',
      'a @ b.com',
      'git@github.com:org/repo.git',
      '@alice.b',
    ],
  },
});

/** Of a package: `ember@3.0.5.beta`. */
const RELEASE =
  /^v?\d{1,4}(?:\.\d{1,4}){1,2}[.-](?:alpha|beta|rc|dev|next|canary|pre|preview|final|release|snapshot|nightly)$/i;

function beginsRelease(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x76 || (code >= 0x30 && code <= 0x39);
}

const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 253;

function findEmail(text: string, at: number): Extent | undefined {
  const start = startOfLocal(text, at);
  if (start === at) return undefined;
  const end = text.charCodeAt(at + 1) === 0x5b ? endOfLiteral(text, at + 1) : endOfDomain(text, at + 1);
  if (end < 0 || (beginsRelease(text, at + 1) && RELEASE.test(text.slice(at + 1, end)))) return undefined;
  if (text.slice(start, at) === 'git' && (text[end] === ':' || text[start - 1] === '/')) return undefined;
  return [start, end];
}

function startOfLocal(text: string, at: number): number {
  const limit = Math.max(0, at - LONGEST_LOCAL - 1);
  if (text.charCodeAt(at - 1) === 0x22) return startOfQuoted(text, at, limit);
  const scripts = text.charCodeAt(at - 1) > 0x7f ? 0xffff : BEFORE_CJK;
  let start = at;
  while (start > limit && isLocal(text.charCodeAt(start - 1), scripts)) start--;
  while (start < at && isEdge(text.charCodeAt(start))) start++;
  if (text.charCodeAt(start - 1) === 0x3d && text.charCodeAt(at - 1) !== 0x2e)
    start = startOfReturnPath(text, start, at);
  return text.charCodeAt(at - 1) === 0x2e ? at : start;
}

const RETURN_PATH = /[A-Za-z\d][\w.-]{0,40}[+-][\w.+-]{0,63}=$/;

/** `bounces+7-jane=example.org@lists.example.com`: an address with the `@` of another one written as `=`. */
function startOfReturnPath(text: string, start: number, at: number): number {
  if (!/^[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){0,4}\.[a-z]{2,24}$/i.test(text.slice(start, at))) return start;
  const before = RETURN_PATH.exec(text.slice(Math.max(0, start - 106), start));
  return before === null ? start : start - before[0].length;
}

function startOfQuoted(text: string, at: number, limit: number): number {
  for (let i = at - 2; i >= limit; i--) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i < at - 2 ? i : at;
    if (code < 0x20) return at;
  }
  return at;
}

/** Words of Chinese, Japanese and Korean stand beside an address without a space. */
const BEFORE_CJK = 0x2e80;

function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
}

function isLocal(code: number, scripts: number): boolean {
  return isAlphanumeric(code) || (code < 128 && LOCAL_MARKS[code] === 1) || isForeignLetter(code, scripts);
}

const LOCAL_MARKS = tableOf("._+-%'!~^$");

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const c of characters) table[c.charCodeAt(0)] = 1;
  return table;
}

/** Marks that may stand inside a local part, but before it belong to the text. */
function isEdge(code: number): boolean {
  return code < 128 && LOCAL_MARKS[code] === 1 && code !== 0x5f && code !== 0x24;
}

function isForeignLetter(code: number, scripts: number): boolean {
  if (code < 0xc0 || code >= scripts) return false;
  if (code >= 0x2000 && code <= 0x206f) return false;
  return !(code >= 0x3000 && code <= 0x303f) && !(code >= 0xff00 && code <= 0xffef) && code !== 0xd7 && code !== 0xf7;
}

/** `[192.0.2.1]`, `[IPv6:2001:db8::1]`. */
function endOfLiteral(text: string, at: number): number {
  const literal = /\[(?:IPv6:)?[\da-fA-F.:]{3,45}\]/y;
  literal.lastIndex = at;
  const match = literal.exec(text);
  return match === null ? -1 : at + match[0].length;
}

/** Where the last label ends that can be a top-level domain, with another label before it; -1 where there is none. */
function endOfDomain(text: string, start: number): number {
  const limit = Math.min(text.length, start + LONGEST_DOMAIN);
  let label = start;
  let end = -1;
  for (let count = 1; ; count++) {
    const stop = endOfLabel(text, label, limit);
    if (stop === label || text.charCodeAt(label) === 0x2d) return end;
    if (count > 1) end = endOfTopLevel(text, label, stop, end);
    if (text.charCodeAt(stop) !== 0x2e || text.charCodeAt(stop - 1) === 0x2d) return end;
    label = stop + 1;
  }
}

function endOfLabel(text: string, start: number, limit: number): number {
  const scripts = text.charCodeAt(start) > 0x7f ? 0xffff : BEFORE_CJK;
  let at = start;
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (!isAlphanumeric(code) && code !== 0x2d && !isForeignLetter(code, scripts)) break;
    at++;
  }
  return at;
}

/** Endings of file names that nobody registers: `icon@2x.png`. */
const FILES = new Set(
  'png jpg jpeg gif svg webp avif ico bmp js mjs cjs ts tsx jsx css scss html htm json yml yaml xml txt log csv gz tgz jar whl exe dll php'.split(
    ' ',
  ),
);

function endOfTopLevel(text: string, start: number, stop: number, otherwise: number): number {
  if (text.startsWith('xn--', start)) return stop;
  let end = start;
  while (end < stop && !(text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) && text.charCodeAt(end) !== 0x2d)
    end++;
  const whole = end === stop || text.charCodeAt(end) === 0x2d;
  if (!whole || end - start < 2 || end - start > 63) return otherwise;
  return FILES.has(text.slice(start, end).toLowerCase()) ? otherwise : end;
}
