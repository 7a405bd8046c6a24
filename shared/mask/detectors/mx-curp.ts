import { isYearMonthDay } from '../check-digits/dates.ts';
import { detector, EVIDENCE } from '../detector.ts';

const STATES = 'AS|BC|BS|CC|CL|CM|CS|CH|DF|DG|GT|GR|HG|JC|MC|MN|MS|NT|NL|OC|PL|QT|QR|SP|SL|SR|TC|TS|TL|VZ|YN|ZS|NE';
const SHAPE = new RegExp(`[A-Z][AEIOUX][A-Z]{2}\\d{6}[HMX](?:${STATES})[B-DF-HJ-NP-TV-Z]{3}[A-Z\\d]\\d`, 'iy');

export const mxCurp = detector({
  name: 'mx-curp',
  group: 'government-ids',
  finds: 'CURP codes of Mexico, in either case.',
  needs: 'A date of birth that exists, a state, and the check digit.',
  overlooks: 'RFC numbers.',
  keywords: ['curp', 'clave unica', 'clave única', 'registro de poblacion'],
  rules: [
    { kind: 'word', first: 'mixed', length: [18, 18], pattern: SHAPE, evidence: EVIDENCE.checked, verify: isCurp },
  ],
  keys: [{ names: ['curp', 'curpnumber', 'clavecurp'], suffix: true, verify: (text) => /\d{6}/.test(text) }],
  examples: {
    hits: ['HEGG560427MVZRRL04', 'hegg560427mvzrrl04', { curp: 'HEGG560427MVZRRL04' }],
    misses: ['HEGG560427MVZRRL05', 'HEGG561327MVZRRL04', 'HEGG560427MXXRRL04'],
  },
});

const VALUES = '0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ';

/** RENAPO, Instructivo Normativo: places count 18 down to 2, modulo 10. */
function isCurp(text: string): boolean {
  const code = text.toUpperCase();
  if (!isYearMonthDay(code, 4)) return false;
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += VALUES.indexOf(code[i]!) * (18 - i);
  return (10 - (sum % 10)) % 10 === code.charCodeAt(17) - 48;
}
