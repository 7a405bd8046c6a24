import { isDayMonthYear } from '../check-digits/dates.ts';
import { detector, EVIDENCE } from '../detector.ts';

const CHECK = '0123456789ABCDEFHJKLMNPRSTUVWXY';

export const fiHetu = detector({
  name: 'fi-hetu',
  group: 'government-ids',
  finds: 'Personal identity codes of Finland: 131052-308T, 131052A308T, with every mark of century in use since 2023.',
  needs: 'A date of birth that exists, and the check character (modulo 31).',
  overlooks: 'Codes in lower case without a keyword.',
  keywords: ['hetu', 'henkilotunnus', 'henkilötunnus', 'personbeteckning', 'sotu', 'personal identity code'],
  rules: [
    {
      kind: 'word',
      first: 'digits',
      length: [6, 6],
      next: '-+',
      pattern: /\d{6}[+-]\d{3}[\dA-FHJ-NPR-Y]/y,
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isHetu,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [11, 11],
      pattern: /\d{6}[A-FU-Y]\d{3}[\dA-FHJ-NPR-Y]/y,
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isHetu,
    },
    {
      kind: 'word',
      first: 'digits',
      length: [6, 6],
      next: '-+',
      pattern: /\d{6}[+-]\d{3}[\da-fhj-npr-y]/y,
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isHetu,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [11, 11],
      pattern: /\d{6}[a-fu-y]\d{3}[\da-fhj-npr-y]/iy,
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isHetu,
    },
  ],
  keys: [
    {
      names: ['hetu', 'henkilotunnus', 'henkilötunnus', 'personbeteckning', 'sotu'],
      suffix: true,
      verify: (text) => /\d{6}/.test(text),
    },
  ],
  examples: {
    hits: ['131052-308T', '131052A308T', 'hetu 131052-308t', { henkilotunnus: '131052-308T' }],
    misses: ['131052-308U', '321052-308T', '131052-308t', '131052G308T'],
  },
});

/** Valtioneuvoston asetus väestötietojärjestelmästä: nine digits by 31 tell the character. */
function isHetu(text: string): boolean {
  const number = Number(text.slice(0, 6) + text.slice(7, 10));
  return isDayMonthYear(text) && CHECK[number % 31] === text[10]!.toUpperCase();
}
