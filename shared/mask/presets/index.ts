/** A set of detectors for one regulation, and what it leaves to do. */
export interface Preset {
  readonly name: string;
  readonly title: string;
  /** Names of detectors and groups. */
  readonly detectors: readonly string[];
  readonly covers: readonly string[];
  readonly doesNotCover: readonly string[];
}

const pci: Preset = {
  name: 'pci',
  title: 'PCI DSS 4.0, requirement 3: stored account data',
  detectors: ['card', 'password', 'person-name'],
  covers: [
    'primary account numbers, wherever they stand (3.3, 3.4)',
    'card verification codes, PINs, track data and expiry dates under keys that name them (3.3.1)',
    'cardholder names under keys that name them',
    'passwords and PINs under keys that name them',
  ],
  doesNotCover: [
    'names, codes and dates in running text that nothing names',
    'images of cards, voice recordings',
    'how keys are managed, who may read what, and everything outside requirement 3',
  ],
};

const hipaa: Preset = {
  name: 'hipaa-safe-harbor',
  title: 'HIPAA Safe Harbor, 45 CFR 164.514(b)(2)',
  detectors: ['contact', 'location', 'identity', 'network', 'government-ids', 'us-bank', 'card', 'iban', 'credentials'],
  covers: [
    '(A) names, (B) addresses, postcodes and coordinates under keys that name them',
    '(C) dates of birth under keys that name them or beside a keyword',
    '(D) telephone and (E) fax numbers, (F) email addresses',
    '(G) Social Security numbers, (J) account numbers beside a keyword, (K) licence and passport numbers beside a keyword',
    '(L) vehicle identification numbers, (M) MAC addresses and IMEIs, (O) IP addresses',
  ],
  doesNotCover: [
    'names and addresses in running text',
    'dates of admission, discharge and death, and ages above 89: mask their paths with `yearOnly` and `bucket`',
    '(H) medical record numbers, (I) health plan numbers, (Q) photographs, (P) biometrics: mask their paths',
    '(N) URLs that tell a person, (R) any other unique number',
    'the requirement that nobody knows how to identify a person by what remains',
  ],
};

const gdpr: Preset = {
  name: 'gdpr',
  title: 'GDPR, Article 4(1): identifiers of persons',
  detectors: ['contact', 'financial', 'network', 'government-ids', 'credentials', 'location', 'identity'],
  covers: [
    'email addresses and telephone numbers',
    'national identity, tax and social security numbers of the listed countries',
    'payment cards, bank accounts and wallets',
    'online identifiers: IP and MAC addresses, IMEIs, tokens, cookies under keys that name them',
    'names, addresses, coordinates and dates of birth under keys that name them',
  ],
  doesNotCover: [
    'names and addresses in running text',
    'special categories (Article 9): health, religion, politics, biometrics: use `mask.everything` on their paths',
    'user and device ids of your own: mask their paths with `pseudonym`',
    'pseudonymised values remain personal data (Recital 26), as long as someone holds the key',
    'rights of access and erasure, retention, lawful grounds',
  ],
};

/** Every preset, by the name that `preset` takes. */
export const PRESETS: readonly Preset[] = [pci, hipaa, gdpr];
