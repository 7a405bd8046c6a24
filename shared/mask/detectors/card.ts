import { luhn } from '../check-digits/luhn.ts';
import { isOneDigit } from '../check-digits/weighted.ts';
import { saysOneOf } from '../detection/keywords.ts';
import { detector, EVIDENCE, type Place } from '../detector.ts';
import { CARD_ISSUERS } from '../tables/card-issuers.ts';

const KEYWORDS = [
  'card',
  'credit card',
  'card number',
  'pan',
  'cc',
  'ccn',
  'visa',
  'mastercard',
  'maestro',
  'amex',
  'payment',
  'debit',
  'karte',
  'carte',
  'tarjeta',
];

export const card = detector({
  name: 'card',
  group: 'financial',
  finds:
    'Payment card numbers of 12 to 19 digits, plain or in groups set apart by spaces, hyphens, dots or the like; security codes that `CVV` or `CVC` leads up to.',
  needs:
    'A known issuer, a length that issuer uses, and the Luhn check digit. 13 digits that are a product code (EAN-13) count only with a keyword; 17 to 19 digits that are named as an id do not, nor a value whose key names an order, a parcel or an article.',
  overlooks: 'Shortened numbers (the last four digits), and card numbers joined to letters.',
  keywords: KEYWORDS,
  rules: [
    // The security code, in text.
    {
      kind: 'prefix',
      prefixes: ['cvv', 'cvc'],
      anyCase: true,
      besides: ' :=#',
      pattern:
        /cv[vc]2?(?: (?:code|number|is|no\.?))?\s{0,2}[:=#]?\s{0,2}(\d{3,4})(?![\d.,:%]\d|[%\d]| ?(?:ms|bytes|characters|times)\b)/iy,
      evidence: EVIDENCE.shape,
    },
    // Track 1 of a magnetic stripe: %B4111111111111111^…
    {
      kind: 'word',
      first: 'mixed',
      length: [13, 20],
      next: '^',
      pattern: /B(\d{12,19})(?=\^)/iy,
      evidence: EVIDENCE.checked,
      verify: isCardNumber,
    },
    {
      kind: 'digits',
      shapes: ['14', '15', '16'],
      separators: '',
      evidence: EVIDENCE.checked,
      verify: (digits, place) => isCardNumber(digits) && !isOrder(place),
    },
    // As long as 64-bit numbers are: one in fifty of those would pass.
    {
      kind: 'digits',
      shapes: ['17', '18', '19'],
      separators: '',
      evidence: EVIDENCE.checked,
      verify: (digits, place) => isCardNumber(digits) && !isSerial(place) && !isOrder(place),
    },
    {
      kind: 'digits',
      shapes: ['12'],
      separators: '',
      evidence: EVIDENCE.checked,
      verify: (digits, place) =>
        isCardNumber(digits) && !isAwsAccount(place) && !isNamedAadhaar(place) && !isOrder(place),
    },
    {
      kind: 'digits',
      shapes: ['4-4-4'],
      separators: ' -./_+\u00b7',
      evidence: EVIDENCE.checked,
      verify: (digits, place) => isCardNumber(digits) && !isNamedAadhaar(place),
    },
    {
      kind: 'digits',
      shapes: ['13'],
      separators: '',
      evidence: EVIDENCE.checked,
      verify: (digits, place) => isCardNumber(digits) && !isProductCode(digits) && !isOrder(place),
    },
    {
      kind: 'digits',
      shapes: ['13'],
      separators: '',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isCardNumber,
    },
    {
      kind: 'digits',
      shapes: [
        '4-4-4-1',
        '4-4-4-2',
        '4-4-4-3',
        '4-4-4-4',
        '4-4-4-4-1',
        '4-4-4-4-2',
        '4-4-4-4-3',
        '4-6-5',
        '4-6-6',
        '4-6-4',
        '4-5-6',
        '4-3-3-3',
        '4-4-5',
        '6-13',
        '8-8',
        '8-4-4',
        '4-8-4',
        '12-4',
        '6-6',
        '4-8',
        '4-12',
        '4-4-8',
        '6-10',
        '6-4-4',
        '6-6-4',
      ],
      separators: ' -./_+\u00b7',
      evidence: EVIDENCE.checked,
      verify: isCardNumber,
    },
  ],
  keys: [
    {
      names: ['number'],
      below: ['card', 'creditcard', 'debitcard', 'paymentcard', 'bankcard'],
      verify: (text) => /\d{4}/.test(text),
      verifyContainer: () => false,
    },
    {
      names: ['expiry', 'expiration', 'expirydate', 'expirationdate', 'exp', 'expdate', 'validthru'],
      below: ['card', 'creditcard', 'debitcard', 'paymentcard', 'bankcard'],
      verify: (text) => /^\d{1,4}\s?[/-]?\s?\d{2,4}$/.test(text),
      verifyContainer: () => false,
    },
    { names: ['securitycode'], verify: (text) => /^\d{3,4}$/.test(text), verifyContainer: () => false },
    {
      names: ['pan', 'primaryaccountnumber'],
      verify: (text) => /\d{4}/.test(text),
      verifyContainer: (json) => /\d{4}/.test(json),
    },
    {
      names: [
        'cardnumber',
        'creditcard',
        'creditcardnumber',
        'debitcard',
        'debitcardnumber',
        'ccnumber',
        'ccnum',
        'cardno',
        'cardnum',
        'paymentcard',
        'cardpan',
        'cvv',
        'cvv2',
        'cvc',
        'cvc2',
        'cardcvv',
        'cardcvc',
        'cardsecuritycode',
        'cvvcode',
        'cvccode',
        'cvvnumber',
        'cvn',
        'cardverificationvalue',
        'cardexpiry',
        'cardexpiration',
        'cardexpirydate',
        'ccexp',
        'expmonth',
        'expyear',
        'track1',
        'track2',
        'trackdata',
        'magstripe',
      ],
      suffix: false,
    },
  ],
  examples: {
    hits: [
      '4111111111111111',
      '5555 5555 5555 4444',
      '2223-0031-2200-3222',
      '3782 822463 10005',
      '30569309025904',
      '6011000990139424',
      '3530111333300000',
      '6759649826438453',
      '4222222222222',
      '6304000000000000',
      '6240008631401148',
      'paid with 4012888888881881, thanks',
      '%B4111111111111111^DOE/JANE^29121010000?',
      ';4111111111111111=29121010000?',
      { cardNumber: '**** 1111' },
      { CARD_NUMBER: { first: 4111, rest: ['1111', '11111111'] } },
      { payment: 4111111111111111 },
      'exp 09/28, CVV: 123',
      { card: { expiry: '09/28' } },
      { security_code: '123' },
      '4000000000000000006',
    ],
    misses: [
      '4111111111111112',
      '1431857103000',
      '1715938200123456',
      '47223179-9330-4259-8342-123456789012',
      '0.4111111111111111',
      'a4111111111111111',
      '9205 5000 0000 0000 0000 00',
      '4006381333931',
      '0000000000000000',
      'cvv check took 120 ms',
      { securityCode: 'SHA256' },
      'trace_id=4000000000000000006',
      { span: { id: '4000000000000000006' } },
      { 'dd.trace_id': '4000000000000000006' },
      { orderId: '4111111111111111' },
      { shipment: { trackingNumber: 4012888888881881 } },
    ],
  },
});

/** Issuer, length and check digit. */
function isCardNumber(digits: string): boolean {
  return isIssued(digits) && luhn(digits) && !isOneDigit(digits);
}

function isIssued(digits: string): boolean {
  for (const { from, to, lengths } of CARD_ISSUERS) {
    if (!lengths.includes(digits.length)) continue;
    const width = from >= 100_000 ? 6 : from >= 1000 ? 4 : from >= 100 ? 3 : from >= 10 ? 2 : 1;
    const prefix = Number(digits.slice(0, width));
    if (prefix >= from && prefix <= to) return true;
  }
  return false;
}

const SERIALS =
  'id|ids|uid|trace|span|seq|sequence|offset|snowflake|tweet|status|channel|guild|hash|nonce|cursor|parent|correlation|transaction|txid|event';
const SERIAL_BEFORE = new RegExp(`(?:^|[^a-z])(?:${SERIALS})["']?\\s?[:=#]?\\s?["']?$`, 'i');
const SERIAL_KEY = new RegExp(`(?:^|[^a-z])(?:${SERIALS})["'\\]]{0,2}(?:\\[\\d{1,9}\\])?$`, 'i');
const HUMP = /([a-z\d])([A-Z])/g;

/** A number that its key, or the word before it, names as that of a trace, a message, a row; and no card. */
function isSerial({ text, start, context }: Place): boolean {
  if (start > 0) return SERIAL_BEFORE.test(text.slice(Math.max(0, start - 24), start));
  const key = context.path.slice(-48).replace(HUMP, '$1_$2');
  return SERIAL_KEY.test(key) && !saysOneOf(KEYWORDS, key);
}

const ORDER_KEY =
  /(?:^|[^a-z])(?:order|invoice|tracking|shipment|parcel|consignment|serial|sku|ean|upc|gtin|isbn|barcode|batch|lot)(?:[_-]?(?:id|no|nr|num|number|code|ref))?["'\]]{0,2}(?:\[\d{1,9}\])?$/i;

/** All of a value whose key says that it is the number of an order, a parcel or an article. */
function isOrder({ text, start, end, context }: Place): boolean {
  if (start > 0 || end < text.length) return false;
  const key = context.path.slice(-48).replace(HUMP, '$1_$2');
  return ORDER_KEY.test(key) && !saysOneOf(KEYWORDS, key);
}

const IN_ARN = /\barn:aws[a-z-]{0,12}:[\w-]{0,40}:[\w-]{0,30}:$/;
const ACCOUNT_KEY = /(?:owner|account[_-]?id|aws[_-]?account)$/i;

/** Twelve digits that AWS tells its accounts by. */
function isAwsAccount({ text, start, context }: Place): boolean {
  return IN_ARN.test(text.slice(Math.max(0, start - 100), start)) || ACCOUNT_KEY.test(context.path.slice(-40));
}

/** Twelve digits that are named as the number of an Indian resident. */
function isNamedAadhaar({ text, start, end, context }: Place): boolean {
  return AADHAAR.test(text.slice(Math.max(0, start - 30), end + 30)) || AADHAAR.test(context.path.slice(-48));
}

const AADHAAR = /aadha|adhaa?r|uidai|आधार/i;

/** EAN-13: weights 3 and 1 from the right (GS1 General Specifications, 7.9). */
function isProductCode(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, weight = 1; i >= 0; i--, weight = 4 - weight) {
    sum += (digits.charCodeAt(i) - 48) * weight;
  }
  return sum % 10 === 0;
}
