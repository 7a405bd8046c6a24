import { SPELLINGS } from './eval/positives.ts';
import { createRandom, type Random } from './eval/random.ts';

/** A value that must be found nowhere but where originals may be. */
export interface PlantedSecret {
  readonly entity: string;
  readonly text: string;
}

/** Secrets and the documents that hold them. */
export interface Planting {
  readonly secrets: readonly PlantedSecret[];
  /** JSON texts, one document each. */
  readonly documents: readonly string[];
}

/** What stands for itself, so that it is a secret wherever it is put; short ones would be met by chance. */
const PLANTABLE = SPELLINGS.filter(
  ({ alone, entity }) => alone !== undefined && entity !== 'ip' && entity !== 'private-key',
);
const SHORTEST = 9;

/**
 * Plants so many different secrets in every place that a record has: strings, sentences, keys, numbers, below keys that
 * name, in JSON, base64 and percent-encoded text in strings, in arrays and deep down.
 */
export function plantSecrets(count: number, seed = 1): Planting {
  const random = createRandom(seed);
  const known = new Map<string, PlantedSecret>();
  while (known.size < count) {
    const { entity, alone } = random.pick(PLANTABLE);
    const text = alone!(random);
    if (text.length >= SHORTEST) known.set(text, { entity, text });
  }
  const secrets = [...known.values()];
  return {
    secrets,
    documents: secrets.map((secret, index) => planted(secret, PLACES[index % PLACES.length]!, random)),
  };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

const PLACES: readonly ((secret: string) => unknown)[] = [
  (secret) => ({ note: secret }),
  (secret) => ({ note: `it was ${secret}, they said` }),
  (secret) => ({ [secret]: 1 }),
  (secret) => ({ deep: [{ down: [[{ there: secret }]] }] }),
  (secret) => (/^[1-9]\d{11,15}$/.test(secret) ? { number: Number(secret) } : { list: ['a', secret, 'b'] }),
  (secret) => ({ password: { old: secret, more: [secret] } }),
  (secret) => ({ payload: JSON.stringify({ inner: secret, nested: JSON.stringify([secret]) }) }),
  (secret) => ({ encoded: base64(`text with ${secret} in it`) }),
  (secret) => ({ url: `https://example.com/p?x=${encodeURIComponent(secret)}&y=1` }),
  (secret) => ({ csv: `1,"${secret}",x`, line: `level=info msg="got ${secret}" code=7` }),
];

function planted({ text }: PlantedSecret, place: (secret: string) => unknown, random: Random): string {
  const document = place(text) as Record<string, unknown>;
  return JSON.stringify({ eventId: random.hex(16), eventType: 'test', timestamp: '2026-11-20T09:00:00Z', ...document });
}

const HEAD = 8;

/**
 * Which of the secrets stand in a text: as they are, with JSON's escapes, percent-encoded, or in base64. Time grows with
 * the text and not with the number of secrets.
 */
export function createLeakSearch(secrets: readonly PlantedSecret[]): (written: string | Uint8Array) => PlantedSecret[] {
  const byHead = new Map<string, { form: string; secret: PlantedSecret }[]>();
  for (const secret of secrets) {
    for (const form of new Set([
      secret.text,
      JSON.stringify(secret.text).slice(1, -1),
      encodeURIComponent(secret.text),
    ])) {
      const head = form.slice(0, HEAD);
      const list = byHead.get(head) ?? [];
      list.push({ form, secret });
      byHead.set(head, list);
    }
  }
  const search = (text: string, leaks: Set<PlantedSecret>): void => {
    for (let at = 0; at + HEAD <= text.length; at++) {
      const candidates = byHead.get(text.slice(at, at + HEAD));
      for (const { form, secret } of candidates ?? []) if (text.startsWith(form, at)) leaks.add(secret);
    }
  };
  return (written) => {
    const text = typeof written === 'string' ? written : Buffer.from(written).toString('utf8');
    const leaks = new Set<PlantedSecret>();
    search(text, leaks);
    for (const [token] of text.matchAll(/[A-Za-z\d+/_-]{12,}={0,2}/g)) {
      search(Buffer.from(token, 'base64').toString('utf8'), leaks);
    }
    return [...leaks];
  };
}
