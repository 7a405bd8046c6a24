import { isDay } from '../check-digits/dates.ts';
import { detector, EVIDENCE, type Extent, type Place } from '../detector.ts';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec';
const PREFIXES = [...MONTHS.split(' '), ...MONTHS.toLowerCase().split(' '), ...MONTHS.toUpperCase().split(' ')];
const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
/** Months as they are written behind a day, in lower case. */
const MONTHS_AFTER = new Set(
  (
    'jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december ' +
    'januar jänner februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre ' +
    'enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre janeiro fevereiro março maio junho julho ' +
    'setembro outubro novembro dezembro gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre januari februari maart mei augustus ' +
    'maj augusti stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia ' +
    'января февраля марта апреля мая июня июля августа сентября октября ноября декабря'
  ).split(' '),
);
/** By two letters: whether a month begins so. */
const BEGINNINGS = new Uint8Array(1 << 10);
for (const month of MONTHS_AFTER) BEGINNINGS[pairAt(month, 0)] = 1;

function pairAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 31) << 5) | (text.charCodeAt(at + 1) & 31);
}

const MONTH_AND_YEAR =
  /([A-Za-z\u00c0-\u024f\u0400-\u04ff]{3,12})[ ,.-]{1,2}(?:de |del )?(?:19|20)\d{2}(?![\dA-Za-z])/y;

/** What stands between a day and its month, in short: an ending, what sets it apart, `of`, `de`, `del`. */
const BETWEEN = /(?:st|nd|rd|th|er|º)?[ .-]{1,2}(?:of |del? )?/y;

/** Behind a day: where the month would begin; by far most words there are none. */
function startOfMonth(text: string, start: number): number {
  const day = isDigit(text.charCodeAt(start + 1)) ? start + 2 : start + 1;
  // A space and a word: looked at without more ado.
  if (text.charCodeAt(day) === 0x20 && BEGINNINGS[pairAt(text, day + 1)] === 0 && !beginsLink(text, day + 1)) return -1;
  BETWEEN.lastIndex = day;
  return BETWEEN.test(text) ? BETWEEN.lastIndex : -1;
}

/** `d…`, `o…`. */
function beginsLink(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x64 || code === 0x6f;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** `12 May 1980`, `26. Oktober 1971`, `9 de marzo de 1944`. Most numbers that have a word behind them end at its first letters. */
function findDayFirst(text: string, start: number): Extent | undefined {
  const at = startOfMonth(text, start);
  if (at < 0 || BEGINNINGS[pairAt(text, at)] === 0) return undefined;
  MONTH_AND_YEAR.lastIndex = at;
  const rest = MONTH_AND_YEAR.exec(text);
  return rest !== null && MONTHS_AFTER.has(rest[1]!.toLowerCase()) ? [start, at + rest[0].length] : undefined;
}

const YEAR_FIRST = /[12][09]\d{2}(?:年|년 ?)\d{1,2}(?:月|월 ?)\d{1,2}[日일]/y;

/** 1990年5月12日, 1990년 5월 12일. */
function findYearFirst(text: string, start: number): Extent | undefined {
  const after = text.charCodeAt(start + 4);
  YEAR_FIRST.lastIndex = start;
  return (after === 0x5e74 || after === 0xb144) && YEAR_FIRST.test(text) ? [start, YEAR_FIRST.lastIndex] : undefined;
}
const MONTH_FIRST = new RegExp(`${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\\d{2}`, 'iy');

export const dateOfBirth = detector({
  name: 'date-of-birth',
  group: 'identity',
  finds:
    'Dates of birth under keys that name them, and dates in text beside a keyword: 1980-05-12, 12/05/1980, 12 May 1980.',
  needs: 'A key that names it, or a keyword and a date that exists.',
  overlooks: 'Dates without either; ages.',
  keywords: [
    'dob',
    'd o b',
    'date of birth',
    'birth date',
    'birthdate',
    'birthday',
    'born',
    'born on',
    'geboren',
    'geburtsdatum',
    'date de naissance',
    'né le',
    'née le',
    'fecha de nacimiento',
    'data di nascita',
    'nacido',
    'naissance',
    'birth',
    'geb',
    'geburtstag',
    'fecha nacimiento',
    'nacida',
    'nacimiento',
    'nato il',
    'nata il',
    'nascita',
    'nascimento',
    'nascido',
    'nascida',
    'date naissance',
    'geboortedatum',
    'födelsedatum',
    'född',
    'fødselsdato',
    'født',
    'syntymäaika',
    'syntynyt',
    'data urodzenia',
    'urodzony',
    'urodzona',
    'datum narození',
    'születési',
    'doğum tarihi',
    'data nașterii',
    'ngày sinh',
    'tanggal lahir',
    'γέννησης',
    'дата рождения',
    'Дата рождения',
    'родился',
    'родилась',
    'תאריך לידה',
    'تاريخ الميلاد',
    'जन्म',
    'วันเกิด',
    '生年月日',
    '出生',
    '生日',
    '생년월일',
    '출생',
    'b day',
    'bday',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: ['4-2-2', '4-1-1', '4-1-2', '4-2-1', '2-2-4', '1-2-4', '2-1-4', '1-1-4', '2-2-2', '1-2-2', '2-1-2'],
      separators: '-/. ',
      keyword: true,
      evidence: EVIDENCE.keyword,
      verify: isDate,
      beside: ' /+_-',
    },
    {
      kind: 'digits',
      shapes: ['8'],
      separators: '',
      keyword: true,
      evidence: EVIDENCE.keyword,
      verify: (digits, place) => /^(?:19|20)/.test(digits) && isDate(digits, place),
    },
    {
      kind: 'word',
      first: 'digits',
      length: [1, 2],
      next: ' .-',
      find: findDayFirst,
      keyword: true,
      evidence: EVIDENCE.keyword,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [3, 4],
      next: ' .-',
      find: findDayFirst,
      keyword: true,
      evidence: EVIDENCE.keyword,
    },
    {
      kind: 'word',
      first: 'digits',
      length: [4, 4],
      find: findYearFirst,
      keyword: true,
      evidence: EVIDENCE.keyword,
    },
    { kind: 'prefix', prefixes: PREFIXES, pattern: MONTH_FIRST, keyword: true, evidence: EVIDENCE.keyword },
  ],
  keys: [
    {
      names: [
        'dob',
        'dateofbirth',
        'birthdate',
        'birthday',
        'birthdt',
        'birthdatetime',
        'borndate',
        'bornon',
        'dayofbirth',
        'yearofbirth',
        'birthyear',
        'birthmonth',
        'geburtsdatum',
        'geburtstag',
        'datenaissance',
        'datedenaissance',
        'fechanacimiento',
        'fechadenacimiento',
        'datadinascita',
        'datanascita',
        'datanascimento',
        'datadenascimento',
        'geboortedatum',
        'fechanac',
        'bday',
        'bdate',
        'fødselsdato',
        'fodselsdato',
        'födelsedatum',
        'fodelsedatum',
        'syntymäaika',
        'syntymaaika',
        'dataurodzenia',
        'doğumtarihi',
        'dogumtarihi',
        'datumnarození',
        'születésidátum',
        'датарождения',
        '生年月日',
        '出生日期',
        '生日',
        '생년월일',
      ],
      verifyInText: (value) => /\d/.test(value),
    },
  ],
  examples: {
    hits: [
      { date_of_birth: '1980-05-12' },
      { user: { DOB: { year: 1980, month: 5, day: 12 } } },
      'DOB: 05/12/1980',
      'born 12 May 1980',
      'born on May 12, 1980',
      'geboren am 26. Oktober 1971',
      'né le 3 janvier 1996',
      'fecha de nacimiento: 9 de marzo de 1944',
      '生年月日：1990年5月12日',
      { birthDate: 326937600 },
    ],
    misses: [
      '2024-05-12',
      'DOB: 2024-13-45',
      'released on May 12, 2020',
      'DOB on file, expires 2031-05-06',
      { dateOfBooking: '2024-05-12' },
    ],
  },
});

/** Right before a date: that of something else. */
const OTHER_DATE =
  /\b(?:exp(?:\.|ir(?:es?|ed|y|ation))?|valid(?: (?:until|to|thru|from))?|until|issued|due|created|updated|modified|admitted|discharged|deceased|died|hired|joined)(?: (?:on|date))?[\s:=]{0,2}$/i;

function isDate(digits: string, place: Place): boolean {
  if (OTHER_DATE.test(place.text.slice(Math.max(0, place.start - 24), place.start))) return false;
  const parts = place.text.slice(place.start, place.end).split(/[-/. ]/);
  const [first, second, third] =
    parts.length === 3 ? parts.map(Number) : [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number);
  const yearFirst = parts.length === 3 ? parts[0]!.length === 4 : true;
  const year = yearFirst ? first! : third!;
  if (year >= 100 && (year < 1900 || year > 2100)) return false;
  if (yearFirst) return isDay(second!, third!);
  return isDay(second!, first!) || isDay(first!, second!);
}
