import { describe, expect, it } from 'vitest';
import { redactor } from './redaction.ts';
import { createLeakSearch, plantSecrets } from './secrets.ts';

const { secrets, documents } = plantSecrets(5000);
const leaksIn = createLeakSearch(secrets);

describe('5,000 secrets in every place that a record has', () => {
  it('are all in the records, where the search finds them', () => {
    const found = new Set(documents.flatMap((document) => leaksIn(document)));
    expect(secrets.filter((secret) => !found.has(secret))).toEqual([]);
  });

  it('are in nothing that the redacting step writes', async () => {
    const run = await redactor();
    const leaks = documents.flatMap((document) => leaksIn(run(document)).map((secret) => ({ ...secret, document })));
    expect(leaks.slice(0, 5)).toEqual([]);
  });

  it('are found in base64, percent-encoded and escaped text, and nothing else is', () => {
    const { text } = secrets[0]!;
    for (const written of [
      text,
      Buffer.from(`x ${text}`).toString('base64'),
      encodeURIComponent(text),
      JSON.stringify({ text }),
    ]) {
      expect(leaksIn(`before ${written} after`)).toEqual([secrets[0]]);
    }
    expect(leaksIn('[EMAIL] and [CARD] of nobody')).toEqual([]);
  });
});
