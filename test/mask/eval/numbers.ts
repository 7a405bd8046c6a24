import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

/**
 * Numbers with their check digits, worked out here from the issuers' own descriptions and by nothing of what is tested.
 */

const digitsOf = (text: string) => [...text].map(Number);
const pad = (value: number, width: number) => String(value).padStart(width, '0');

/** Appends the digit that makes a condition true; undefined where none does. */
function completed(body: string, holds: (digits: number[]) => boolean): string | undefined {
  for (let digit = 0; digit < 10; digit++) if (holds(digitsOf(body + digit))) return body + digit;
  return undefined;
}

/** Tries bodies until one can be completed. */
function until<T>(make: () => T | undefined): T {
  for (;;) {
    const made = make();
    if (made !== undefined) return made;
  }
}

const luhnHolds = (digits: number[]) =>
  digits.reduceRight((sum, digit, i) => {
    const fromRight = digits.length - 1 - i;
    const value = fromRight % 2 === 1 ? digit * 2 : digit;
    return sum + Math.floor(value / 10) + (value % 10);
  }, 0) %
    10 ===
  0;

const withLuhn = (body: string) => completed(body, luhnHolds)!;

const weighted = (digits: number[], weights: number[]) =>
  weights.reduce((sum, weight, i) => sum + weight * digits[i]!, 0);

const CARDS: readonly (readonly [prefixes: string[], length: number])[] = [
  [['4'], 16],
  [['4'], 16],
  [['4'], 16],
  [['51', '52', '53', '54', '55'], 16],
  [['2221', '2345', '2500', '2699', '2720'], 16],
  [['34', '37'], 15],
  [['300', '305', '36', '38'], 14],
  [['6011', '644', '649', '65'], 16],
  [['3528', '3540', '3589'], 16],
  [['62'], 16],
  [['62'], 19],
  [['2200', '2204'], 16],
  [['6759', '6304', '5018', '5020', '5038'], 16],
  [['6759', '6304', '5018'], 12],
  [['6759', '6763'], 18],
  [['6304', '6761'], 19],
  [['4'], 19],
];

export function cardNumber(random: Random): string {
  const [prefixes, length] = random.pick(CARDS);
  const prefix = random.pick(prefixes);
  return withLuhn(prefix + random.digits(length - prefix.length - 1));
}

const IBANS: Readonly<Record<string, string>> = {
  DE: '18n',
  FR: '10n11c2n',
  GB: '4a14n',
  NL: '4a10n',
  ES: '20n',
  IT: '1a10n12c',
  PL: '24n',
  BE: '12n',
  CH: '5n12c',
  AT: '16n',
  SE: '20n',
  NO: '11n',
  DK: '14n',
  FI: '14n',
  PT: '21n',
  IE: '4a14n',
  MT: '4a5n18c',
  BR: '23n1a1c',
  SA: '2n18c',
  TR: '6n16c',
};

export function iban(random: Random): string {
  const country = random.pick(Object.keys(IBANS));
  const body = [...IBANS[country]!.matchAll(/(\d+)([nac])/g)]
    .map(([, count, kind]) =>
      random.from(
        kind === 'n'
          ? '0123456789'
          : kind === 'a'
            ? 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
            : '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
        Number(count),
      ),
    )
    .join('');
  const number = [...`${body}${country}00`].map((c) => Number.parseInt(c, 36)).join('');
  return country + pad(98 - Number(BigInt(number) % 97n), 2) + body;
}

export function routingNumber(random: Random): string {
  const prefix = random.pick(['01', '02', '03', '06', '07', '11', '12', '21', '26', '31', '32', '61', '72']);
  return completed(prefix + random.digits(6), (d) => weighted(d, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0)!;
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

export function bitcoinAddress(random: Random): string {
  const payload = Buffer.from(random.pick(['00', '05', '30', '41']) + random.hex(40), 'hex');
  const bytes = Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]);
  let value = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = BASE58[Number(value % 58n)]! + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

export function imei(random: Random): string {
  return withLuhn(`35${random.digits(12)}`);
}

export function ssn(random: Random): string {
  const area = random.pick([random.int(1, 665), random.int(667, 899)]);
  return pad(area, 3) + pad(random.int(1, 99), 2) + pad(random.int(1, 9999), 4);
}

export function itin(random: Random): string {
  const group = random.pick([random.int(50, 65), random.int(70, 88), random.int(90, 92), random.int(94, 99)]);
  return `9${random.digits(2)}${pad(group, 2)}${random.digits(4)}`;
}

export function nhsNumber(random: Random): string {
  return until(() => completed(random.digits(9), (d) => weighted(d, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0));
}

export function aadhaar(random: Random): string {
  // Verhoeff: the dihedral group of ten, its fifth permutation.
  const product = (a: number, b: number) =>
    a < 5 ? (b < 5 ? (a + b) % 5 : 5 + ((a + b - 5) % 5)) : b < 5 ? 5 + ((a - 5 - b + 5) % 5) : (a - b + 5) % 5;
  const once = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  const permuted = (digit: number, times: number) => {
    let value = digit;
    for (let i = 0; i < times % 8; i++) value = once[value]!;
    return value;
  };
  const body = random.from('23456789', 1) + random.digits(10);
  return completed(
    body,
    (d) => d.reduceRight((check, digit, i) => product(check, permuted(digit, d.length - 1 - i)), 0) === 0,
  )!;
}

export function cpf(random: Random): string {
  const body = random.digits(9);
  const check = (digits: number[]) => {
    const sum = digits.reduce((total, digit, i) => total + digit * (digits.length + 1 - i), 0);
    return sum % 11 < 2 ? 0 : 11 - (sum % 11);
  };
  const first = check(digitsOf(body));
  return `${body}${first}${check(digitsOf(body + first))}`;
}

export function cnpj(random: Random, alphanumeric = false): string {
  const body = alphanumeric ? random.from('0123456789ABCDEFGHJKLMNPRSTUVWXYZ', 12) : `${random.digits(8)}0001`;
  const check = (text: string) => {
    const sum = [...text].reverse().reduce((total, c, i) => total + (c.charCodeAt(0) - 48) * (2 + (i % 8)), 0);
    return sum % 11 < 2 ? 0 : 11 - (sum % 11);
  };
  const first = check(body);
  return `${body}${first}${check(body + first)}`;
}

const DNI = 'TRWAGMYFPDXBNJZSQVHLCKE';
export const nif = (random: Random) => {
  const digits = random.digits(8);
  return digits + DNI[Number(digits) % 23]!;
};
export const nie = (random: Random) => {
  const first = random.int(0, 2);
  const digits = random.digits(7);
  return 'XYZ'[first]! + digits + DNI[Number(`${first}${digits}`) % 23]!;
};

/** A day of birth, as year, month and day. */
export function birthday(random: Random): readonly [year: number, month: number, day: number] {
  return [random.int(1930, 2009), random.int(1, 12), random.int(1, 28)];
}

export function fiscalCode(random: Random): string {
  const consonants = 'BCDFGLMNPRSTVZ';
  const [year, month, day] = birthday(random);
  const body = `${random.from(consonants, 6)}${pad(year % 100, 2)}${'ABCDEHLMPRST'[month - 1]}${pad(day + (random.chance(0.5) ? 40 : 0), 2)}${random.pick('ABCDEFGHIL')}${random.digits(3)}`;
  const odd: Readonly<Record<string, number>> = Object.fromEntries(
    [...'BAKPLCQDREVOSFTGUHMINJWZYX'].map((letter, value) => [letter, value]),
  );
  const oddOf = (c: string) => odd[/\d/.test(c) ? 'ABCDEFGHIJ'[Number(c)]! : c]!;
  const evenOf = (c: string) => (/\d/.test(c) ? Number(c) : c.charCodeAt(0) - 65);
  const sum = [...body].reduce((total, c, i) => total + (i % 2 === 0 ? oddOf(c) : evenOf(c)), 0);
  return body + String.fromCharCode(65 + (sum % 26));
}

export function pesel(random: Random): string {
  const [year, month, day] = birthday(random);
  const body = pad(year % 100, 2) + pad(month + (year >= 2000 ? 20 : 0), 2) + pad(day, 2) + random.digits(4);
  return completed(body, (d) => weighted(d, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0)!;
}

export function germanTaxId(random: Random): string {
  const pool = [...'0123456789'];
  const order: string[] = [];
  while (pool.length > 1) order.push(pool.splice(random.int(0, pool.length - 1), 1)[0]!);
  const twice = random.pick(order);
  order.splice(random.int(0, order.length), 0, twice);
  if (order[0] === '0' || /(.)\1\1/.test(order.join(''))) return germanTaxId(random);
  const body = order.join('');
  let product = 10;
  for (const digit of digitsOf(body)) {
    const sum = (digit + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  const check = 11 - product;
  return body + (check === 10 ? 0 : check);
}

export function nir(random: Random): string {
  const [year, month] = birthday(random);
  const body = `${random.pick('12')}${pad(year % 100, 2)}${pad(month, 2)}${pad(random.int(1, 95), 2)}${pad(random.int(1, 989), 3)}${pad(random.int(1, 999), 3)}`;
  return body + pad(97 - (Number(body) % 97), 2);
}

export function bsn(random: Random): string {
  return until(() => completed(random.digits(8), (d) => weighted(d, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0));
}

export function personnummer(random: Random): string {
  const [year, month, day] = birthday(random);
  const body = pad(year % 100, 2) + pad(month, 2) + pad(day, 2) + pad(random.int(10, 999), 3);
  return String(year).slice(0, 2) + withLuhn(body);
}

export function hetu(random: Random): string {
  const [year, month, day] = birthday(random);
  const date = pad(day, 2) + pad(month, 2) + pad(year % 100, 2);
  const serial = pad(random.int(2, 899), 3);
  const mark = year >= 2000 ? random.pick('ABCDEF') : random.pick('-YXWVU');
  return date + mark + serial + '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(date + serial) % 31]!;
}

export function nric(random: Random): string {
  const kind = random.pick<string>('STFG');
  const digits = random.digits(7);
  const sum = weighted(digitsOf(digits), [2, 7, 6, 5, 4, 3, 2]) + (kind === 'T' || kind === 'G' ? 4 : 0);
  const table = kind === 'S' || kind === 'T' ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK';
  return kind + digits + table[sum % 11]!;
}

export function tfn(random: Random): string {
  return until(() =>
    completed(
      random.from('123456789', 1) + random.digits(7),
      (d) => weighted(d, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
    ),
  );
}

export function medicare(random: Random): string {
  const body = random.from('23456', 1) + random.digits(7);
  return `${body}${weighted(digitsOf(body), [1, 3, 7, 9, 1, 3, 7, 9]) % 10}${random.int(1, 9)}`;
}

export function sin(random: Random): string {
  return withLuhn(random.from('1234567', 1) + random.digits(7));
}

export function southAfricanId(random: Random): string {
  const [year, month, day] = birthday(random);
  return withLuhn(`${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}${random.digits(4)}${random.pick('01')}8`);
}

export function rrn(random: Random): string {
  const [year, month, day] = birthday(random);
  const body = `${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}${random.pick(year >= 2000 ? '34' : '12')}${random.digits(5)}`;
  return body + ((11 - (weighted(digitsOf(body), [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10);
}

export function turkishId(random: Random): string {
  const body = random.from('123456789', 1) + random.digits(8);
  const d = digitsOf(body);
  const tenth = (((7 * (d[0]! + d[2]! + d[4]! + d[6]! + d[8]!) - (d[1]! + d[3]! + d[5]! + d[7]!)) % 10) + 10) % 10;
  return `${body}${tenth}${(d.reduce((sum, digit) => sum + digit, 0) + tenth) % 10}`;
}

export function thaiId(random: Random): string {
  const body = random.from('12345678', 1) + random.digits(11);
  return body + ((11 - (weighted(digitsOf(body), [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10);
}

export function curp(random: Random): string {
  const [year, month, day] = birthday(random);
  const consonants = 'BCDFGHJKLMNPQRSTVWXYZ';
  const body = `${random.letters(1)}${random.pick('AEIOUX')}${random.letters(2)}${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}${random.pick('HM')}${random.pick(['DF', 'JC', 'NL', 'VZ', 'PL', 'OC'])}${random.from(consonants, 3)}${year >= 2000 ? 'A' : '0'}`;
  const values = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';
  const sum = [...body].reduce((total, c, i) => total + values.indexOf(c) * (18 - i), 0);
  return body + ((10 - (sum % 10)) % 10);
}

export function vin(random: Random): string {
  const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ';
  const values: Readonly<Record<string, number>> = Object.fromEntries(
    [...'ABCDEFGH']
      .map((c, i) => [c, i + 1])
      .concat(
        [...'JKLMN'].map((c, i) => [c, i + 1]),
        [
          ['P', 7],
          ['R', 9],
        ],
        [...'STUVWXYZ'].map((c, i) => [c, i + 2]),
      ) as [string, number][],
  );
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  const body = `${random.pick(['1HG', '2T1', '3FA', '5YJ', 'LFV', '1FT'])}${random.from(`${letters}0123456789`, 5)}0${random.from(`${letters.replace(/[UZ]/g, '')}123456789`, 1)}${random.pick(letters)}${random.digits(6)}`;
  const sum = [...body].reduce((total, c, i) => total + (values[c] ?? Number(c)) * weights[i]!, 0);
  const check = sum % 11;
  return `${body.slice(0, 8)}${check === 10 ? 'X' : check}${body.slice(9)}`;
}

/** Groups of so many characters with a separator between them. */
export function grouped(text: string, sizes: readonly number[], separator: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(text.slice(at, at + size));
    at += size;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts.join(separator);
}

export function inFours(text: string, separator: string): string {
  return text.match(/.{1,4}/g)!.join(separator);
}
