import { detector, EVIDENCE } from '../detector.ts';

export const SPANISH_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

export const esNif = detector({
  name: 'es-nif',
  group: 'government-ids',
  finds: 'DNI and NIF numbers of persons in Spain: 12345678Z, 12345678-Z, 12.345.678-Z. In lower case with a keyword.',
  needs: 'The check letter (modulo 23).',
  overlooks: 'Numbers of companies, and the rare ones that begin with K, L or M.',
  keywords: [
    'nif',
    'dni',
    'documento nacional',
    'documento de identidad',
    'identificacion fiscal',
    'identificación fiscal',
  ],
  rules: [
    {
      kind: 'word',
      first: 'mixed',
      length: [9, 9],
      pattern: /\d{8}[A-Z]/y,
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isNif,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [9, 9],
      pattern: /\d{8}[A-Z]/iy,
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isNif,
    },
    {
      kind: 'word',
      first: 'digits',
      length: [8, 8],
      next: '- ',
      pattern: /\d{8}[ -][A-Z]/y,
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isNif,
    },
    {
      kind: 'word',
      first: 'digits',
      length: [2, 2],
      next: '.',
      pattern: /\d{2}\.\d{3}\.\d{3}[ -]?[A-Z]/y,
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isNif,
    },
  ],
  keys: [
    {
      names: ['nif', 'dni', 'nifnumber', 'dninumber', 'numerodni'],
      suffix: false,
      verify: (text) => /\d{6}/.test(text.replaceAll('.', '')),
    },
  ],
  examples: {
    hits: ['12345678Z', '12345678-Z', '12.345.678-Z', 'DNI 12345678z', { dni: '12345678z' }],
    misses: ['12345678A', '12345678z', '1234567Z', '123456789Z'],
  },
});

/** Real Decreto 1553/2005: the remainder by 23 tells the letter. */
function isNif(text: string): boolean {
  const compact = text.replace(/[. -]/g, '').toUpperCase();
  const digits = compact.slice(0, 8);
  return digits !== '00000000' && SPANISH_LETTERS[Number(digits) % 23] === compact[8];
}
