import { detector, EVIDENCE } from '../detector.ts';

export const passport = detector({
  name: 'passport',
  group: 'government-ids',
  finds: 'Passport numbers of six to nine characters, and both lines of a passport’s machine readable zone.',
  needs: 'A keyword; a machine readable zone needs none.',
  overlooks: 'Numbers without a keyword: passports have no common form.',
  keywords: [
    'passport',
    'passport number',
    'passport no',
    'passeport',
    'reisepass',
    'pasaporte',
    'passaporto',
    'passnummer',
    'passaporte',
    'paspoort',
    'travel document',
    'paszport',
  ],
  rules: [
    { kind: 'digits', shapes: ['7', '8', '9'], separators: '', keyword: true, evidence: EVIDENCE.keyword },
    {
      kind: 'word',
      first: 'mixed',
      length: [6, 10],
      pattern: /[A-Z\d]{6,10}/y,
      keyword: true,
      evidence: EVIDENCE.keyword,
      verify: hasNumber,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [6, 10],
      pattern: /[A-Z]{1,2}\d{6,8}/iy,
      keyword: true,
      evidence: EVIDENCE.keyword,
    },
    {
      kind: 'word',
      first: 'letters',
      length: [1, 2],
      next: ' -',
      then: 'digit',
      pattern: /[A-Z]{1,2}[ -]\d{6,8}/y,
      keyword: true,
      evidence: EVIDENCE.keyword,
    },
    {
      kind: 'word',
      first: 'letters',
      length: [1, 1],
      next: '<',
      pattern: /P<[A-Z]{3}[A-Z<]{39}/y,
      evidence: EVIDENCE.shape,
    },
    {
      kind: 'word',
      first: 'letters',
      length: [5, 44],
      next: '<',
      pattern: /P[A-Z][A-Z]{3}[A-Z<]{39}/y,
      evidence: EVIDENCE.shape,
      verify: (zone) => zone.includes('<<'),
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [20, 44],
      pattern: /[A-Z\d<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z\d<]{14}[\d<]\d/y,
      evidence: EVIDENCE.shape,
    },
  ],
  keys: [
    {
      names: [
        'passport',
        'passportnumber',
        'passportno',
        'passportid',
        'passportnum',
        'traveldocument',
        'traveldocumentnumber',
      ],
      suffix: true,
      verify: (text) => /\d{4}/.test(text),
      verifyContainer: () => false,
    },
  ],
  examples: {
    hits: [
      'passport 123456789',
      'Passport No. C01X00T47',
      'Reisepass: c1234567',
      { passportNumber: 'ab1234567' },
      { passport: { number: 'X1234567' } },
      'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
      'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
    ],
    misses: ['123456789', 'C01X00T47', 'passport renewed in spring'],
  },
});

function hasNumber(text: string): boolean {
  let digits = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) <= 0x39) digits++;
  // A passport's nine characters may be letters for the most part: C4VLJ0K2N.
  return digits >= (text.length === 9 ? 3 : 5);
}
