import { isOneDigit, weightedSum } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const brCpf = detector({
  name: 'br-cpf',
  group: 'government-ids',
  finds: 'CPF numbers of Brazil: 529.982.247-25, 529982247-25, 529 982 247 25; 52998224725 with a keyword.',
  needs: 'Both check digits.',
  overlooks: 'Eleven plain digits without a keyword.',
  keywords: ['cpf', 'cadastro de pessoas', 'cadastro de pessoas fisicas', 'contribuinte', 'documento'],
  rules: [
    { kind: 'digits', shapes: ['3-3-3-2'], separators: '..-', exact: true, evidence: EVIDENCE.checked, verify: isCpf },
    { kind: 'digits', shapes: ['3-3-3-2', '9-2'], separators: ' .-', evidence: EVIDENCE.checked, verify: isCpf },
    { kind: 'digits', shapes: ['11'], separators: '', keyword: true, evidence: EVIDENCE.checked, verify: isCpf },
  ],
  keys: [
    {
      names: ['cpf', 'cpfnumber', 'numerocpf', 'nrcpf'],
      suffix: true,
      verify: (text) => /^\d[\d.\s-]{8,13}\d$/.test(text),
    },
  ],
  examples: {
    hits: ['529.982.247-25', '529982247-25', 'CPF 52998224725', { cpf: 52998224725 }],
    misses: ['529.982.247-26', '111.111.111-11', '52998224725'],
  },
});

/** Receita Federal: weights 10 to 2, then 11 to 2, modulo 11. */
function isCpf(digits: string): boolean {
  if (isOneDigit(digits)) return false;
  return check(digits, 9) === digits.charCodeAt(9) - 48 && check(digits, 10) === digits.charCodeAt(10) - 48;
}

function check(digits: string, length: number): number {
  const weights = Array.from({ length }, (_, i) => length + 1 - i);
  return ((weightedSum(digits, weights) * 10) % 11) % 10;
}
