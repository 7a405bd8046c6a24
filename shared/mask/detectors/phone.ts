import { saysOneOf } from '../detection/keywords.ts';
import { isNamedOtherwise } from '../detection/otherwise.ts';
import { detector, EVIDENCE, type Extent, type Place } from '../detector.ts';
import { isCount } from '../tables/amounts.ts';
import { CALLING_CODES } from '../tables/calling-codes.ts';
import { PHONE_KEYWORDS } from '../tables/phone-keywords.ts';

export const phone = detector({
  name: 'phone',
  group: 'contact',
  finds:
    'Telephone numbers: international ones with `+` and any usual separators, North American ones in their usual form, other national ones with a keyword; an extension belongs to the number.',
  needs:
    'After `+` a country calling code and as many digits as its numbers have; a North American area code and exchange; else 7 to 15 digits and a keyword.',
  overlooks: 'National numbers without a keyword, numbers spelled with letters, and short codes.',
  keywords: PHONE_KEYWORDS,
  rules: [
    {
      kind: 'anchor',
      characters: '+',
      before: /[^a-z\d]|^$/i,
      after: /[\d(]/,
      find: findInternational,
      evidence: EVIDENCE.checked,
    },
    { kind: 'anchor', characters: '(', after: /[2-9]/, find: findAreaCode, evidence: EVIDENCE.shape },
    { kind: 'anchor', characters: '(', after: /\d/, find: findBracketed, introduced: true, evidence: EVIDENCE.keyword },
    {
      kind: 'digits',
      shapes: ['3-3-4', '1-3-3-4', '3-3-3-4'],
      separators: '-.',
      evidence: EVIDENCE.shape,
      verify: isNorthAmerican,
      goesOn: withExtension,
    },
    { kind: 'chain', digits: [7, 18], find: findNational, introduced: true, evidence: EVIDENCE.keyword },
  ],
  keys: [
    {
      names: [
        'phone',
        'phonenumber',
        'telephone',
        'telephonenumber',
        'mobile',
        'mobilenumber',
        'mobilephone',
        'cellphone',
        'cell',
        'cellnumber',
        'fax',
        'faxnumber',
        'msisdn',
        'phoneno',
        'mobileno',
        'tel',
        'contactno',
        'contactnumber',
        'contactphone',
        'phonenum',
        'phonenumbers',
        'telno',
        'telnumber',
        'telefon',
        'telefonnummer',
        'telefono',
        'teléfono',
        'telefone',
        'téléphone',
        'numerodetelephone',
        'numtel',
        'portable',
        'handy',
        'handynummer',
        'rufnummer',
        'celular',
        'móvil',
        'movil',
        'whatsapp',
        'whatsappnumber',
        'landline',
        'homephone',
        'workphone',
        'daytimephone',
        'eveningphone',
        'pager',
        '手机',
        '手机号',
        '电话',
        '電話',
        '電話番号',
        '携帯',
        '携帯電話',
        '전화번호',
        '휴대폰',
        'телефон',
      ],
      verify: (text) => /^[+(]?\d[\d\s().+/-]{4,24}\d(?:\s?(?:x|ext\.?|#)\s?\d{1,6})?$/i.test(text),
    },
  ],
  examples: {
    hits: [
      '+14155552671',
      '+1 (415) 555-2671',
      '+44 20 7946 0958',
      '+44 (0)20 7946 0958',
      '+49-30-901820',
      '(415) 555-2671',
      '415-555-2671',
      '1-800-555-0199',
      '415.555.2671 ext. 12',
      '001-415-555-2671x0123',
      '(415)555-2671x99',
      'call 020 7946 0958',
      'phone: 5551234',
      'Tel. 030/901820',
      'mobile 0044 7911 123456',
      'Ph: 98765 43210',
      { callerId: '4155552671' },
      '携帯：090-1234-5678',
      { phoneNumber: '030 901820' },
      { contact: { mobile: 4155552671 } },
    ],
    misses: [
      '2024-05-17',
      '1715938200123',
      'order 4155552671',
      '415-055-2671',
      '+99912345678',
      '+0000',
      '12:30:45',
      'phone ordered 2024-05-17',
      'order 415-555-2671',
      'cell count 4500000',
      'called 4500000 times',
      'call stack 1234567',
      'phone app v2.14.66 (3241133)',
      'cell [540,970] = 17655609',
      { phone_verified_at: '1341799174836' },
      { mobileUserId: '48121234567' },
    ],
  },
});

const LONGEST = 32;
const EXTENSION = /[ ,;]{0,2}(?:x|ext\.?|extension|#) ?\d{1,6}/iy;

function withExtension(text: string, end: number): number {
  EXTENSION.lastIndex = end;
  const match = EXTENSION.exec(text);
  return match === null || isDigit(text.charCodeAt(end + match[0].length)) ? end : end + match[0].length;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetterOrDigit(code: number): boolean {
  return isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
}

const JOINTS = new Set([0x20, 0x2d, 0x2e, 0x28, 0x29, 0x2f, 0xa0]);

/** Reads on from a `+` while digits and separators last; takes the longest that a country's numbering allows. */
function findInternational(text: string, at: number): Extent | undefined {
  if (at > 0 && isLetterOrDigit(text.charCodeAt(at - 1))) return undefined;
  let digits = '';
  let best = -1;
  let joints = 0;
  const limit = Math.min(text.length, at + LONGEST);
  for (let i = at + 1; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (text.startsWith('(0)', i)) {
      i += 2;
      continue;
    }
    if (isDigit(code)) {
      digits += text[i];
      joints = 0;
      if (!isDigit(text.charCodeAt(i + 1)) && isE164(digits)) best = i + 1;
    } else if (!JOINTS.has(code) || ++joints > 2) break;
  }
  if (best < 0 || (isLetter(text.charCodeAt(best)) && withExtension(text, best) === best)) return undefined;
  return [at, withExtension(text, best)];
}

function isLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
}

function isE164(digits: string): boolean {
  if (digits.length > 15) return false;
  for (let width = 1; width <= 3; width++) {
    const lengths = CALLING_CODES.get(digits.slice(0, width));
    if (lengths === undefined) continue;
    const national = digits.length - width;
    if (national < Math.max(lengths.fewest, 6) || national > lengths.most) return false;
    return width > 1 || digits[0] !== '1' || (digits[1]! >= '2' && digits[4]! >= '0');
  }
  return false;
}

const AREA_CODE = /\([2-9]\d{2}\)(?:[ .-]{0,2}| - )[2-9]\d{2}(?:[ .-]| - )\d{4}/y;
const BRACKETED = /\(0?\d{1,5}\)(?:[ ./-]{0,2}\d{1,8}){1,5}/y;

function findAreaCode(text: string, at: number): Extent | undefined {
  return bracketed(AREA_CODE, text, at);
}

function findBracketed(text: string, at: number): Extent | undefined {
  return bracketed(BRACKETED, text, at);
}

function bracketed(pattern: RegExp, text: string, at: number): Extent | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const end = at + match[0].length;
  const digits = match[0].replace(/\D/g, '').length;
  const last = withExtension(text, end);
  if (digits < 7 || digits > 15 || (last === end && isLetterOrDigit(text.charCodeAt(end)))) return undefined;
  const before = /(?<!\d)(?:\+?[18][ .-]?)$/.exec(text.slice(Math.max(0, at - 4), at));
  return [at - (before?.[0].length ?? 0), last];
}

/** Area code and exchange begin with 2 to 9, and the area code is no service code (NANP). */
function isNorthAmerican(digits: string, place: Place): boolean {
  const national = digits.slice(-10);
  if (digits.length > 10 && digits !== `1${national}` && digits !== `001${national}`) return false;
  return national[0]! >= '2' && national[3]! >= '2' && !national.startsWith('11', 1) && !isNamedOtherwise(place);
}

const DATE =
  /^(?:(?:19|20)\d{2}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d{2}|(?:19|20)\d{6})(?!\d)/;

function findNational(place: Place): Extent | undefined {
  const { text, start, end } = place;
  const number = text.slice(start, end);
  const digits = number.replace(/\D/g, '').length;
  if (digits > 15 || DATE.test(number) || isNamedOtherwise(place)) return undefined;
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(number) || /^\d{1,15}\.\d{1,2}$/.test(number)) return undefined;
  if (isLetterOrDigit(text.charCodeAt(start - 1)) || text.charCodeAt(end) === 0x40) return undefined;
  // A part of something with more dots.
  if (/^[\d.]{3,40}$/.test(number) && /^\.[A-Za-z\d]/.test(text.slice(end, end + 2))) return undefined;
  if (text[start - 1] === '/' && isLetter(text.charCodeAt(start - 2))) return undefined;
  if (isLabelledOtherwise(text, start) || isCounted(place) || BANDS.test(number)) return undefined;
  return [start, withExtension(text, end)];
}

/** Of a network: 850/900/1800/1900. */
const BANDS = /^(?:\d{3,4}\/){2,6}\d{3,4}$/;

const COUNTED_BEFORE =
  /[ _-](?:counts?|users|sessions|minutes|seconds|totals?|bytes|rows|events|revenue|traffic|duration|balance|timestamp|stacks?|depth)["']?\s?[:=]?\s?["']?$/i;
const COUNTED_KEY =
  /[a-z\d][_-](?:counts?|users|sessions|minutes|seconds|totals?|bytes|rows|events|revenue|traffic|duration|balance|timestamp|time|date|at|ts|ms|secs?|score|rate|length|usage|cost|(?<!caller_)ids?)["'\]]{0,2}(?:\[\d{1,9}\])?$/i;
/** `app v2.14.66 (3241133)`, `cell [540,970] = 17655609`. */
const OTHER_BEFORE = /(?:\dv?(?:\.\d{1,6}){1,3} \(| \[[^\]]{0,20}\] ?[:=] ?)$/;
const HUMP = /([a-z\d])([A-Z])/g;

/** `cell count 4500000`, `mobileUserId`, `phone_verified_at`: how many, which or when, and no telephone number. */
function isCounted({ text, start, end, context }: Place): boolean {
  if (isCount(text, end) || OTHER_BEFORE.test(text.slice(Math.max(0, start - 24), start))) return true;
  if (start > 0 && COUNTED_BEFORE.test(text.slice(Math.max(0, start - 20), start))) return true;
  return start === 0 && COUNTED_KEY.test(context.path.slice(-48).replace(HUMP, '$1_$2'));
}

const LABEL = /((?:\p{L}[\p{L}\d_.-]{0,20} ){0,2}\p{L}[\p{L}\d_.-]{1,30})["']?\s?[:=]\s?["'(]{0,2}$/u;

/** `latency_ms=1234567` is no telephone number, whatever stands before it. */
function isLabelledOtherwise(text: string, start: number): boolean {
  if (!/[:=]/.test(text.slice(Math.max(0, start - 4), start))) return false;
  const label = LABEL.exec(text.slice(Math.max(0, start - 80), start))?.[1];
  return label !== undefined && !saysOneOf(PHONE_KEYWORDS, label);
}
