import * as numbers from './numbers.ts';
import type { Random } from './random.ts';

const { grouped, inFours } = numbers;

/** How one entity is written, and where it may stand without any word about it, or only beside one. */
export interface Spelling {
  readonly entity: string;
  /** How many cases are made. */
  readonly cases: number;
  /** Written so it stands for itself. */
  alone?(random: Random): string;
  /** Written so it needs a keyword or key. */
  beside?(random: Random): string;
  /** Words before it, and keys, that tell what it is. */
  readonly words?: readonly string[];
  readonly keys?: readonly string[];
  /** Only under such a key: the key's name is all that tells. */
  readonly keyed?: boolean;
}

const FIRST = [
  'alice',
  'bob',
  'carol',
  'dave',
  'erin',
  'frank',
  'grace',
  'heidi',
  'ivan',
  'judy',
  'mallory',
  'niaj',
  'olivia',
  'peggy',
  'rupert',
  'sybil',
  'trent',
  'victor',
  'wendy',
];
const LAST = [
  'smith',
  'jones',
  'garcia',
  'müller',
  'rossi',
  'novak',
  'silva',
  'kim',
  'tanaka',
  'okafor',
  'patel',
  'nguyen',
  'o’neil',
  'van-dijk',
];
const ascii = (name: string) => name.replace(/[^a-z-]/g, 'x');
const capital = (name: string) => name[0]!.toUpperCase() + name.slice(1);
const DOMAINS = [
  'example.com',
  'mail.example.org',
  'example-shop.co.uk',
  'sub.my-company.travel',
  'xn--bcher-kva.example',
  'corp.example.museum',
  'uni.ac.jp',
  'a.io',
  'example.xn--p1ai',
];

function email(random: Random): string {
  const first = random.pick(FIRST);
  const last = ascii(random.pick(LAST));
  const local = random.pick([
    `${first}.${last}`,
    `${first}+${random.letters(4).toLowerCase()}`,
    `${first}_${random.digits(3)}`,
    `${first[0]}${last}`,
    `${first}-${last}`,
    `${capital(first)}.${capital(last)}`,
    `x${random.hex(6)}`,
    `${first}.${last}+tag.${random.digits(2)}`,
  ]);
  return `${local}@${random.pick(DOMAINS)}`;
}

const E164: readonly ((random: Random) => string)[] = [
  (r) => `+1${r.from('23456789', 1)}${r.digits(2)}${r.from('23456789', 1)}${r.digits(6)}`,
  (r) => `+1 (${r.from('23456789', 1)}${r.digits(2)}) ${r.from('23456789', 1)}${r.digits(2)}-${r.digits(4)}`,
  (r) => `+1-${r.from('23456789', 1)}${r.digits(2)}-${r.from('23456789', 1)}${r.digits(2)}-${r.digits(4)}`,
  (r) => `+44 20 7${r.digits(3)} ${r.digits(4)}`,
  (r) => `+44 7${r.digits(3)} ${r.digits(6)}`,
  (r) => `+44 (0)161 ${r.digits(3)} ${r.digits(4)}`,
  (r) => `+49 30 ${r.digits(6)}`,
  (r) => `+49-89-${r.digits(7)}`,
  (r) => `+4915${r.digits(9)}`,
  (r) => `+33 ${r.pick('1234567')} ${r.digits(2)} ${r.digits(2)} ${r.digits(2)} ${r.digits(2)}`,
  (r) => `+34 6${r.digits(2)} ${r.digits(3)} ${r.digits(3)}`,
  (r) => `+39 06 ${r.digits(4)} ${r.digits(4)}`,
  (r) => `+91 9${r.digits(4)} ${r.digits(5)}`,
  (r) => `+81-3-${r.digits(4)}-${r.digits(4)}`,
  (r) => `+86 138 ${r.digits(4)} ${r.digits(4)}`,
  (r) => `+55 11 9${r.digits(4)}-${r.digits(4)}`,
  (r) => `+61 2 ${r.digits(4)} ${r.digits(4)}`,
  (r) => `+46.8.${r.digits(3)}.${r.digits(3)}`,
  (r) => `+27 82 ${r.digits(3)} ${r.digits(4)}`,
  (r) => `+65 9${r.digits(3)} ${r.digits(4)}`,
];
const NATIONAL: readonly ((random: Random) => string)[] = [
  (r) => `020 7${r.digits(3)} ${r.digits(4)}`,
  (r) => `07${r.digits(3)} ${r.digits(6)}`,
  (r) => `0${r.pick('12345')} ${r.digits(2)} ${r.digits(2)} ${r.digits(2)} ${r.digits(2)}`,
  (r) => `030/${r.digits(6)}`,
  (r) => `0${r.digits(3)}-${r.digits(6)}`,
  (r) => `${r.from('23456789', 1)}${r.digits(2)} ${r.from('23456789', 1)}${r.digits(2)} ${r.digits(4)}`,
  (r) => `${r.from('23456789', 1)}${r.digits(2)}${r.from('23456789', 1)}${r.digits(6)}`,
  (r) => `${r.from('23456789', 1)}${r.digits(2)}-${r.digits(4)}`,
  (r) => `(0${r.pick('23478')}) ${r.digits(4)} ${r.digits(4)}`,
];
const NANP: readonly ((random: Random) => string)[] = [
  (r) =>
    `(${r.from('23456789', 1)}${r.from('02345678', 1)}${r.digits(1)}) ${r.from('23456789', 1)}${r.digits(2)}-${r.digits(4)}`,
  (r) =>
    `${r.from('23456789', 1)}${r.from('02345678', 1)}${r.digits(1)}-${r.from('23456789', 1)}${r.digits(2)}-${r.digits(4)}`,
  (r) =>
    `${r.from('23456789', 1)}${r.from('02345678', 1)}${r.digits(1)}.${r.from('23456789', 1)}${r.digits(2)}.${r.digits(4)}`,
];

function ipAddress(random: Random): string {
  const v4 = () => [random.int(11, 223), random.int(0, 255), random.int(0, 255), random.int(1, 254)].join('.');
  const group = () => random.hex(random.int(1, 4)).replace(/^0+(?=.)/, '') || '0';
  return random.pick([
    v4,
    v4,
    v4,
    () => Array.from({ length: 8 }, () => random.hex(4)).join(':'),
    () => `2001:db8:${group()}::${group()}`,
    () => `fe80::${random.hex(4)}:${random.hex(4)}:${random.hex(4)}:${random.hex(4)}%eth${random.int(0, 3)}`,
    () => `::ffff:${v4()}`,
    () => `2a02:${random.hex(3)}1:${random.hex(4)}:${random.hex(4)}::1`,
    () => `2001:DB8:${random.hex(4).toUpperCase()}::${random.int(1, 9)}`,
  ])();
}

function macAddress(random: Random): string {
  const pairs = Array.from({ length: 6 }, (_, i) => (i === 0 ? `a${random.hex(1)}` : random.hex(2)));
  return random.pick([
    () => pairs.join(':'),
    () => pairs.join(':').toUpperCase(),
    () => pairs.join('-').toUpperCase(),
    () => pairs.join('').match(/.{4}/g)!.join('.'),
  ])();
}

const base64url = (text: string) => Buffer.from(text).toString('base64url');
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function jwt(random: Random): string {
  const header = base64url(
    JSON.stringify({
      alg: random.pick(['HS256', 'RS256', 'ES384']),
      typ: 'JWT',
      ...(random.chance(0.3) && { kid: random.hex(8) }),
    }),
  );
  return `${header}.${base64url(JSON.stringify({ sub: random.digits(10), exp: random.int(1.7e9, 1.9e9) }))}.${random.from(`${ALNUM}-_`, 43)}`;
}

function vendorToken(random: Random): string {
  const a = (count: number) => random.from(ALNUM, count - 1) + random.int(0, 9);
  return random.pick([
    () => `ghp_${a(36)}`,
    () => `gho_${a(36)}`,
    () => `github_pat_${random.from(ALNUM, 22)}_${a(59)}`,
    () => `glpat-${a(20)}`,
    () => `xoxb-${random.digits(12)}-${random.digits(12)}-${a(24)}`,
    () => `xoxp-${random.digits(11)}-${random.digits(11)}-${random.digits(12)}-${random.hex(32)}`,
    () => `sk_live_${a(24)}`,
    () => `rk_test_${a(24)}`,
    () => `AIza${a(35)}`,
    () => `AC${random.hex(32)}`,
    () => `SK${random.hex(32)}`,
    () => `SG.${random.from(ALNUM, 22)}.${a(43)}`,
    () => `npm_${a(36)}`,
    () => `sk-${a(48)}`,
    () => `sk-proj-${a(48)}`,
    () => `sk-ant-api03-${a(93)}AA`,
    () => `hf_${a(34)}`,
    () => `shpat_${random.hex(32)}`,
    () => `dop_v1_${random.hex(64)}`,
    () => `pypi-AgEIcHlwaS5vcmc${a(60)}`,
    () => `ya29.${a(60)}`,
    () => `GOCSPX-${a(28)}`,
  ])();
}

function privateKey(random: Random): string {
  const kind = random.pick(['RSA ', 'EC ', '', 'OPENSSH ', 'ENCRYPTED ']);
  const body = Array.from({ length: random.int(2, 5) }, () => random.from(`${ALNUM}+/`, 64)).join('\n');
  return `-----BEGIN ${kind}PRIVATE KEY-----\n${body}\n-----END ${kind}PRIVATE KEY-----`;
}

const date = (random: Random, form: (year: number, month: number, day: number) => string) =>
  form(...(numbers.birthday(random) as [number, number, number]));
const two = (value: number) => String(value).padStart(2, '0');
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const BIRTHDAYS: readonly ((random: Random) => string)[] = [
  (r) => date(r, (y, m, d) => `${y}-${two(m)}-${two(d)}`),
  (r) => date(r, (y, m, d) => `${two(m)}/${two(d)}/${y}`),
  (r) => date(r, (y, m, d) => `${two(d)}.${two(m)}.${y}`),
  (r) => date(r, (y, m, d) => `${d} ${MONTHS[m - 1]} ${y}`),
  (r) => date(r, (y, m, d) => `${MONTHS[m - 1]!.slice(0, 3)} ${d}, ${y}`),
];

/** Every entity that stands in text or under a key. */
export const SPELLINGS: readonly Spelling[] = [
  {
    entity: 'email',
    cases: 90,
    alone: email,
    words: ['email', 'write to', 'contact', 'mailto'],
    keys: ['email', 'from', 'contactEmail', 'to'],
  },
  {
    entity: 'phone',
    cases: 60,
    alone: (r) => r.pick(E164)(r),
    words: ['call', 'phone', 'or at', 'reach me at'],
    keys: ['phone', 'value', 'mobile', 'contact'],
  },
  {
    entity: 'phone',
    cases: 24,
    alone: (r) => r.pick(NANP)(r),
    words: ['call', 'reach us at', 'or'],
    keys: ['phone', 'tel', 'line'],
  },
  {
    entity: 'phone',
    cases: 40,
    beside: (r) => r.pick(NATIONAL)(r),
    words: ['phone', 'Tel.', 'call', 'mobile:', 'fax', 'WhatsApp'],
    keys: ['phone', 'phoneNumber', 'mobile', 'fax_number'],
  },
  {
    entity: 'card',
    cases: 70,
    alone: numbers.cardNumber,
    words: ['card', 'paid with', 'charged', 'using'],
    keys: ['value', 'pan', 'reference', 'card_no', 'data'],
  },
  {
    entity: 'card',
    cases: 50,
    alone: (r) => {
      const n = numbers.cardNumber(r);
      return n.length === 15
        ? grouped(n, [4, 6], r.pick(' -'))
        : n.length === 14
          ? grouped(n, [4, 6], ' ')
          : inFours(n, r.pick(' -'));
    },
    words: ['card', 'paid with', 'charge'],
    keys: ['value', 'note', 'card'],
  },
  {
    entity: 'iban',
    cases: 40,
    alone: numbers.iban,
    words: ['IBAN', 'transfer to', 'account'],
    keys: ['iban', 'account', 'value'],
  },
  {
    entity: 'iban',
    cases: 40,
    alone: (r) => inFours(numbers.iban(r), ' '),
    words: ['IBAN:', 'transfer to'],
    keys: ['iban', 'note'],
  },
  { entity: 'iban', cases: 10, alone: (r) => numbers.iban(r).toLowerCase(), words: ['iban', 'to'], keys: ['iban'] },
  {
    entity: 'us-bank',
    cases: 40,
    beside: numbers.routingNumber,
    words: ['routing number', 'ABA', 'RTN:'],
    keys: ['routingNumber', 'aba_routing_number', 'routing'],
  },
  {
    entity: 'us-bank',
    cases: 20,
    beside: (r) => r.digits(r.int(8, 12)),
    words: ['bank account', 'account number', 'checking account'],
    keys: ['bankAccountNumber', 'account_number'],
  },
  {
    entity: 'crypto-address',
    cases: 40,
    alone: numbers.bitcoinAddress,
    words: ['send to', 'BTC'],
    keys: ['to', 'address', 'wallet'],
  },
  {
    entity: 'crypto-address',
    cases: 20,
    alone: (r) => `0x${r.hex(40)}`,
    words: ['send to', 'ETH'],
    keys: ['to', 'from', 'owner'],
  },
  {
    entity: 'ip',
    cases: 90,
    alone: ipAddress,
    words: ['from', 'client', 'connection refused by', 'addr='],
    keys: ['ip', 'clientIp', 'remote_addr', 'source', 'x-forwarded-for'],
  },
  { entity: 'mac', cases: 50, alone: macAddress, words: ['device', 'hwaddr', 'mac'], keys: ['mac', 'device', 'bssid'] },
  {
    entity: 'imei',
    cases: 50,
    beside: (r) => (r.chance(0.7) ? numbers.imei(r) : grouped(numbers.imei(r), [2, 6, 6], '-')),
    words: ['IMEI', 'imei:'],
    keys: ['imei', 'deviceImei', 'IMEI'],
  },
  { entity: 'vin', cases: 50, alone: numbers.vin, words: ['VIN', 'vehicle'], keys: ['vin', 'vehicle', 'value'] },
  {
    entity: 'us-ssn',
    cases: 50,
    alone: (r) => grouped(numbers.ssn(r), [3, 2], r.pick('- ')),
    words: ['SSN', 'social security number', 'id'],
    keys: ['ssn', 'value', 'taxpayer'],
  },
  {
    entity: 'us-ssn',
    cases: 40,
    beside: numbers.ssn,
    words: ['SSN', 'social security number', 'ssn:'],
    keys: ['ssn', 'socialSecurityNumber', 'employee_ssn', 'SSN'],
  },
  {
    entity: 'us-itin',
    cases: 40,
    alone: (r) => grouped(numbers.itin(r), [3, 2], '-'),
    words: ['ITIN', 'id'],
    keys: ['itin', 'value'],
  },
  { entity: 'us-itin', cases: 20, beside: numbers.itin, words: ['ITIN', 'ITIN:'], keys: ['itin', 'ITIN'] },
  {
    entity: 'uk-nino',
    cases: 50,
    alone: (r) => {
      const n = `${r.pick(['AB', 'CE', 'JG', 'LM', 'SX', 'WP'])}${r.digits(6)}${r.pick('ABCD')}`;
      return r.chance(0.5) ? n : grouped(n, [2, 2, 2, 2], ' ');
    },
    words: ['NI number', 'nino', 'id'],
    keys: ['nino', 'nationalInsuranceNumber', 'value'],
  },
  {
    entity: 'uk-nhs',
    cases: 30,
    alone: (r) => grouped(numbers.nhsNumber(r), [3, 3], ' '),
    words: ['NHS number', 'patient'],
    keys: ['nhsNumber', 'value'],
  },
  {
    entity: 'uk-nhs',
    cases: 30,
    beside: numbers.nhsNumber,
    words: ['NHS number', 'NHS no.'],
    keys: ['nhsNumber', 'nhs_number'],
  },
  {
    entity: 'in-aadhaar',
    cases: 30,
    alone: (r) => inFours(numbers.aadhaar(r), r.pick(' -')),
    words: ['Aadhaar', 'UID'],
    keys: ['aadhaar', 'value'],
  },
  {
    entity: 'in-aadhaar',
    cases: 30,
    beside: numbers.aadhaar,
    words: ['Aadhaar', 'aadhaar number'],
    keys: ['aadhaarNumber', 'aadhaar_no'],
  },
  {
    entity: 'in-pan',
    cases: 40,
    alone: (r) => `${r.letters(3)}${r.pick('ABCFGHJLPT')}${r.letters(1)}${r.int(1, 9)}${r.digits(3)}${r.letters(1)}`,
    words: ['PAN', 'tax id'],
    keys: ['pan', 'value'],
  },
  {
    entity: 'br-cpf',
    cases: 30,
    alone: (r) => numbers.cpf(r).replace(/(...)(...)(...)(..)/, '$1.$2.$3-$4'),
    words: ['CPF', 'documento'],
    keys: ['cpf', 'value'],
  },
  { entity: 'br-cpf', cases: 30, beside: numbers.cpf, words: ['CPF', 'cpf:'], keys: ['cpf', 'customer_cpf'] },
  {
    entity: 'br-cnpj',
    cases: 40,
    alone: (r) => numbers.cnpj(r, r.chance(0.4)).replace(/(..)(...)(...)(....)(..)/, '$1.$2.$3/$4-$5'),
    words: ['CNPJ', 'empresa'],
    keys: ['cnpj', 'value'],
  },
  { entity: 'br-cnpj', cases: 15, beside: (r) => numbers.cnpj(r), words: ['CNPJ'], keys: ['cnpj'] },
  {
    entity: 'es-nif',
    cases: 45,
    alone: (r) => {
      const n = numbers.nif(r);
      return r.pick([n, `${n.slice(0, 8)}-${n[8]}`]);
    },
    words: ['NIF', 'DNI', 'con'],
    keys: ['nif', 'dni', 'value'],
  },
  { entity: 'es-nie', cases: 45, alone: numbers.nie, words: ['NIE', 'con'], keys: ['nie', 'value'] },
  {
    entity: 'it-fiscal-code',
    cases: 50,
    alone: (r) => (r.chance(0.8) ? numbers.fiscalCode(r) : numbers.fiscalCode(r).toLowerCase()),
    words: ['codice fiscale', 'CF'],
    keys: ['codiceFiscale', 'value'],
  },
  { entity: 'pl-pesel', cases: 50, beside: numbers.pesel, words: ['PESEL', 'pesel:'], keys: ['pesel', 'PESEL'] },
  {
    entity: 'de-tax-id',
    cases: 25,
    alone: (r) => grouped(numbers.germanTaxId(r), [2, 3, 3], ' '),
    words: ['Steuer-ID', 'IdNr.'],
    keys: ['steuerId', 'value'],
  },
  {
    entity: 'de-tax-id',
    cases: 30,
    beside: numbers.germanTaxId,
    words: ['Steuer-ID', 'Steueridentifikationsnummer', 'tax ID'],
    keys: ['steuerId', 'taxId'],
  },
  {
    entity: 'fr-nir',
    cases: 50,
    alone: (r) => (r.chance(0.5) ? numbers.nir(r) : grouped(numbers.nir(r), [1, 2, 2, 2, 3, 3], ' ')),
    words: ['NIR', 'sécurité sociale', 'no.'],
    keys: ['nir', 'value'],
  },
  {
    entity: 'nl-bsn',
    cases: 50,
    beside: numbers.bsn,
    words: ['BSN', 'burgerservicenummer', 'BSN:'],
    keys: ['bsn', 'burgerservicenummer'],
  },
  {
    entity: 'se-personnummer',
    cases: 30,
    alone: (r) => {
      const n = numbers.personnummer(r);
      return r.chance(0.5) ? `${n.slice(2, 8)}-${n.slice(8)}` : `${n.slice(0, 8)}-${n.slice(8)}`;
    },
    words: ['personnummer', 'för'],
    keys: ['personnummer', 'value'],
  },
  {
    entity: 'se-personnummer',
    cases: 25,
    beside: (r) => numbers.personnummer(r).slice(r.pick([0, 2])),
    words: ['personnummer'],
    keys: ['personnummer', 'personnr'],
  },
  {
    entity: 'fi-hetu',
    cases: 50,
    alone: numbers.hetu,
    words: ['HETU', 'henkilötunnus', 'tunnus'],
    keys: ['hetu', 'value'],
  },
  { entity: 'sg-nric', cases: 50, alone: numbers.nric, words: ['NRIC', 'for'], keys: ['nric', 'value'] },
  {
    entity: 'au-tfn',
    cases: 25,
    beside: (r) => grouped(numbers.tfn(r), [3, 3], ' '),
    words: ['TFN', 'tax file number'],
    keys: ['tfn'],
  },
  {
    entity: 'au-tfn',
    cases: 30,
    beside: numbers.tfn,
    words: ['TFN', 'tax file number'],
    keys: ['tfn', 'taxFileNumber'],
  },
  {
    entity: 'au-medicare',
    cases: 25,
    alone: (r) => grouped(numbers.medicare(r), [4, 5], ' '),
    words: ['Medicare', 'card'],
    keys: ['medicare', 'value'],
  },
  {
    entity: 'au-medicare',
    cases: 30,
    beside: numbers.medicare,
    words: ['Medicare', 'medicare number'],
    keys: ['medicareNumber'],
  },
  {
    entity: 'ca-sin',
    cases: 25,
    beside: (r) => grouped(numbers.sin(r), [3, 3], r.pick(' -')),
    words: ['SIN', 'social insurance number'],
    keys: ['sin'],
  },
  {
    entity: 'ca-sin',
    cases: 30,
    beside: numbers.sin,
    words: ['SIN', 'social insurance number', 'SIN:'],
    keys: ['sin', 'socialInsuranceNumber'],
  },
  {
    entity: 'za-id',
    cases: 50,
    beside: numbers.southAfricanId,
    words: ['South African ID', 'ID number', 'identity number'],
    keys: ['zaId', 'idNumber', 'identity_number'],
  },
  {
    entity: 'kr-rrn',
    cases: 50,
    alone: (r) => grouped(numbers.rrn(r), [6], '-'),
    words: ['RRN', '주민등록번호', 'no.'],
    keys: ['rrn', 'value'],
  },
  {
    entity: 'tr-id',
    cases: 50,
    beside: numbers.turkishId,
    words: ['T.C. Kimlik No', 'TCKN', 'kimlik'],
    keys: ['tckn', 'tcKimlikNo'],
  },
  {
    entity: 'th-id',
    cases: 25,
    alone: (r) => grouped(numbers.thaiId(r), [1, 4, 5, 2], '-'),
    words: ['Thai ID', 'no.'],
    keys: ['thaiId', 'value'],
  },
  { entity: 'th-id', cases: 30, beside: numbers.thaiId, words: ['Thai ID', 'Thai national ID'], keys: ['thaiId'] },
  { entity: 'mx-curp', cases: 50, alone: numbers.curp, words: ['CURP', 'clave'], keys: ['curp', 'value'] },
  {
    entity: 'passport',
    cases: 40,
    beside: (r) =>
      r.pick([
        () => r.digits(9),
        () => `${r.letters(1)}${r.digits(8)}`,
        () => `${r.letters(2)}${r.digits(7)}`,
        () => `C${r.digits(2)}X${r.digits(2)}T${r.digits(2)}`,
      ])(),
    words: ['passport', 'Passport No.', 'passport number'],
    keys: ['passport', 'passportNumber', 'passport_no'],
  },
  {
    entity: 'driver-licence',
    cases: 40,
    beside: (r) =>
      r.pick([
        () => `${r.letters(1)}${r.digits(7)}`,
        () => `${r.letters(1)}${r.digits(12)}`,
        () => `${r.letters(1)}${r.digits(3)}-${r.digits(4)}-${r.digits(4)}`,
      ])(),
    words: ["driver's license", 'driving licence', 'DL number'],
    keys: ['driverLicense', 'drivers_license', 'driverLicenceNumber'],
  },
  {
    entity: 'jwt',
    cases: 50,
    alone: jwt,
    words: ['token', 'got', 'Authorization: Bearer'],
    keys: ['value', 'data', 'body'],
  },
  {
    entity: 'aws-access-key',
    cases: 40,
    alone: (r) => `${r.pick(['AKIA', 'ASIA'])}${r.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
    words: ['key', 'using', 'aws_access_key_id ='],
    keys: ['value', 'accessKeyId'],
  },
  {
    entity: 'aws-secret-key',
    cases: 40,
    beside: (r) => `${r.from(`${ALNUM}/+`, 37)}aB3`,
    words: ['aws_secret_access_key =', 'AWS secret', 'secret access key'],
    keys: ['secretAccessKey', 'aws_secret_access_key'],
  },
  { entity: 'private-key', cases: 25, alone: privateKey, words: ['key:', 'got'], keys: ['value', 'pem'] },
  {
    entity: 'bearer-token',
    cases: 40,
    beside: (r) =>
      r.pick([
        () => r.hex(40),
        () => `${r.from(ALNUM, 30)}${r.digits(2)}`,
        () => `${r.from(ALNUM, 12)}.${r.from(ALNUM, 20)}7`,
      ])(),
    words: ['Authorization: Bearer', 'bearer'],
  },
  {
    entity: 'basic-auth',
    cases: 40,
    beside: (r) => Buffer.from(`${r.pick(FIRST)}:${r.from(ALNUM, 10)}`).toString('base64'),
    words: ['Authorization: Basic', 'Basic'],
  },
  {
    entity: 'vendor-token',
    cases: 66,
    alone: vendorToken,
    words: ['token', 'using', 'export TOKEN='],
    keys: ['value', 'env'],
  },
  {
    entity: 'password',
    cases: 40,
    keyed: true,
    beside: (r) => r.from(`${ALNUM}!#%?`, r.int(8, 16)),
    keys: ['password', 'user_password', 'dbPassword', 'PASSWD', 'passphrase', 'new-password'],
  },
  {
    entity: 'api-key',
    cases: 40,
    keyed: true,
    beside: (r) => r.hex(32),
    keys: ['apiKey', 'api_key', 'X-API-Key', 'client_secret', 'accessToken', 'refresh_token', 'Cookie', 'sessionToken'],
  },
  {
    entity: 'person-name',
    cases: 40,
    keyed: true,
    beside: (r) => `${capital(r.pick(FIRST))} ${capital(r.pick(LAST))}`,
    keys: ['firstName', 'last_name', 'fullName', 'surname', 'cardholderName', 'patient_name', 'GIVEN-NAME'],
  },
  {
    entity: 'postal-address',
    cases: 40,
    keyed: true,
    beside: (r) =>
      `${r.int(1, 300)} ${r.pick(['Main Street', 'High Road', 'Elm Avenue', 'Hauptstraße'])}, ${r.pick(['Springfield', 'Leeds', 'Köln'])}`,
    keys: ['address', 'street', 'billingAddress', 'shipping_address', 'addressLine1'],
  },
  {
    entity: 'date-of-birth',
    cases: 25,
    keyed: true,
    beside: (r) => r.pick(BIRTHDAYS)(r),
    keys: ['dateOfBirth', 'dob', 'birth_date', 'DOB', 'birthday'],
  },
  {
    entity: 'date-of-birth',
    cases: 30,
    beside: (r) => r.pick(BIRTHDAYS)(r),
    words: ['born', 'DOB:', 'date of birth', 'birthday:'],
  },
  {
    entity: 'coordinates',
    cases: 40,
    beside: (r) => `${r.int(-89, 89)}.${r.digits(5)}1, ${r.int(-179, 179)}.${r.digits(5)}1`,
    words: ['location', 'GPS', 'coordinates:', 'lat/lon'],
    keys: ['latlng', 'geo', 'location'],
  },
];
