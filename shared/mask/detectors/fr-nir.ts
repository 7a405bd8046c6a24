import { detector, EVIDENCE } from '../detector.ts';

export const frNir = detector({
  name: 'fr-nir',
  group: 'government-ids',
  finds:
    'Social security numbers of France (NIR) with their key: 1 85 05 78 006 084 36, 185057800608436; Corsican ones (2A, 2B) too.',
  needs:
    'A sex of 1 to 4, 7 or 8, a month that exists, and the key (97 less the remainder by 97). Without groups and a keyword only 1 and 2, and the twelve months.',
  overlooks: 'Numbers without their key.',
  keywords: [
    'nir',
    'insee',
    'securite sociale',
    'sécurité sociale',
    'secu',
    'sécu',
    'numero de securite sociale',
    'social security',
    'carte vitale',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: ['13-2', '1-2-2-2-3-3-2', '1-2-2-2-3-3'],
      separators: ' -.',
      evidence: EVIDENCE.checked,
      verify: isNir,
    },
    { kind: 'digits', shapes: ['15'], separators: '', evidence: EVIDENCE.checked, verify: isUsualNir },
    { kind: 'digits', shapes: ['15'], separators: '', keyword: true, evidence: EVIDENCE.checked, verify: isNir },
    {
      kind: 'word',
      first: 'mixed',
      length: [15, 15],
      pattern: /[1-478]\d{4}2[AB]\d{8}/iy,
      evidence: EVIDENCE.checked,
      verify: isNir,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [13, 13],
      next: ' -',
      pattern: /[1-478]\d{4}2[AB]\d{6}[ -]\d{2}/iy,
      evidence: EVIDENCE.checked,
      verify: isNir,
    },
    {
      kind: 'word',
      first: 'digits',
      length: [1, 1],
      next: ' -',
      then: 'digit',
      pattern: /[1-478](?:[ -]\d{2}){2}[ -](?:2[AB]|\d{2})(?:[ -]\d{3}){2}[ -]\d{2}/iy,
      evidence: EVIDENCE.checked,
      verify: isNir,
    },
  ],
  keys: [
    {
      names: ['nir', 'numerosecuritesociale', 'numerosecu', 'securitesociale', 'insee', 'numeroinsee', 'nirnumber'],
      verifyContainer: (json) => /\d{3}/.test(json),
      verify: (text) => /^\d[\dAB .-]{11,22}\d$/i.test(text),
    },
  ],
  examples: {
    hits: ['1 85 05 78 006 084 91', '185057800608491', '2 55 08 14 168 025 38', '1 85 05 2A 006 084 35'],
    misses: ['1 85 05 78 006 084 37', '985057800608436', '185137800608400'],
  },
});

/** Numbers of people who were born in a month that is known, and are no foreigners with a number for the time being. */
function isUsualNir(text: string): boolean {
  const month = Number(text.slice(3, 5));
  return (text[0] === '1' || text[0] === '2') && month >= 1 && month <= 12 && isNir(text);
}

/** Décret 82-103: 2A counts as 19, 2B as 18. */
function isNir(text: string): boolean {
  const compact = text.replace(/[ .-]/g, '').toUpperCase();
  if (compact.length !== 15 || !'123478'.includes(compact[0]!)) return false;
  const month = Number(compact.slice(3, 5));
  if (!((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50)) return false;
  const number = Number(compact.slice(0, 13).replace('2A', '19').replace('2B', '18'));
  return 97 - (number % 97) === Number(compact.slice(13));
}
