import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  bucket,
  encrypt,
  formatPreserving,
  keepDomain,
  keepFirst,
  keepLast,
  mask,
  maskDetected,
  masks,
  methods,
  monthOnly,
  pseudonym,
  redact,
  remove,
  roundCoordinates,
  secret,
  shiftDate,
  truncateIp,
  yearOnly,
} from '../../shared/mask/index.ts';
import type { Method } from '../../shared/mask/method.ts';
import type { Step } from '../../shared/record/step.ts';
import { compiler, loaded } from './redaction.ts';

beforeEach(() => vi.stubEnv('MASK_KEY', 'a key for examples'));
afterEach(() => vi.unstubAllEnvs());

const key = secret('MASK_KEY');

async function masked(json: string, method: Method, path = 'value'): Promise<string> {
  return (await loaded(mask(path, method)))(json);
}

interface Named {
  readonly reference: {
    readonly name: string;
    readonly examples: readonly { shows: string; args: readonly unknown[]; in: string; out: unknown }[];
  };
}

function cases(words: Readonly<Record<string, unknown>>) {
  return Object.values(words).flatMap((word) => {
    const { name, examples } = (word as Named).reference;
    return examples.map((example) => [`${name}: ${example.shows}`, word, example] as const);
  });
}

describe('the examples of the reference', () => {
  it.each(cases(methods))('%s', async (_title, method, example) => {
    const out = await masked(example.in, (method as (...args: unknown[]) => Method)(...example.args));
    if (typeof example.out === 'string') expect(out).toBe(example.out);
    else expect(out).toMatch((example.out as { failed: string }).failed);
  });

  it.each(cases(masks))('%s', async (_title, step, example) => {
    const run = await loaded((step as (...args: unknown[]) => Step)(...example.args));
    expect(run(example.in)).toBe(example.out);
  });
});

describe('pseudonym', () => {
  it('is the first 128 bits of HMAC-SHA-256, for any text and key', async () => {
    const texts = fc.tuple(
      fc.string({ unit: 'grapheme', maxLength: 200, minLength: 1 }),
      fc.string({ minLength: 1, maxLength: 150 }),
    );
    await fc.assert(
      fc.asyncProperty(texts, async ([text, secretKey]) => {
        // A key that begins with a brace holds versions.
        vi.stubEnv('MASK_KEY', `k${secretKey}`);
        const digest = createHmac('sha256', `k${secretKey}`)
          .update(text)
          .digest()
          .subarray(0, 16)
          .toString('base64url');
        const out = JSON.parse(await masked(JSON.stringify({ value: text }), pseudonym({ key })));
        expect(out.value).toBe(`p1_${digest}`);
      }),
      { numRuns: 100 },
    );
  });

  it('is the same for the same value in another pipeline and path, so that streams can be joined', async () => {
    const one = JSON.parse(await masked('{"value":"alice"}', pseudonym({ key })));
    const other = JSON.parse(await masked('{"user":{"mail":"alice"}}', pseudonym({ key }), 'user.mail'));
    expect(other.user.mail).toBe(one.value);
  });

  it('is made with the highest version of the key, and says which', async () => {
    vi.stubEnv('MASK_KEY', '{"1":"old","2":"new"}');
    const digest = createHmac('sha256', 'new').update('alice').digest().subarray(0, 16).toString('base64url');
    expect(await masked('{"value":"alice"}', pseudonym({ key }))).toBe(`{"value":"p2_${digest}"}`);
  });

  it('masks a number as its spelling', async () => {
    const text = await masked('{"value":"42"}', pseudonym({ key }));
    expect(await masked('{"value":42}', pseudonym({ key }))).toBe(text);
  });

  it('remembers no more than a bounded number of values, and is right beyond it', async () => {
    const run = await loaded(mask('value', pseudonym({ key })));
    const first = run('{"value":"v0"}');
    for (let i = 0; i < 10_000; i++) run(`{"value":"v${i}"}`);
    expect(run('{"value":"v0"}')).toBe(first);
  });
});

describe('keys', () => {
  it.each([
    ['pseudonym', () => pseudonym({ key })],
    ['encrypt', () => encrypt({ key })],
    ['formatPreserving', () => formatPreserving({ key })],
    ['shiftDate', () => shiftDate({ key, subject: 'id' })],
  ])('%s stops at start-up when its key is missing, and says which', async (_name, make) => {
    vi.stubEnv('MASK_KEY', '');
    await expect(loaded(mask('value', make()))).rejects.toThrow(/MASK_KEY/);
    await expect(loaded(maskDetected('**', ['email'], make()))).rejects.toThrow(/MASK_KEY/);
  });

  it.each(['{}', '{"1":""}', '{"one":"k"}', '{"0":"k"}', '{not json', '{"1":7}'])(
    'refuses what is no set of versions, without saying what it is: %s',
    async (value) => {
      vi.stubEnv('MASK_KEY', value);
      const error = await loaded(mask('value', pseudonym({ key }))).catch((cause: Error) => cause);
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).toMatch(/MASK_KEY/);
      if (value.length > 4) expect((error as Error).message).not.toContain(value);
    },
  );

  it('fails a record rather than pass it on when the key was never loaded', () => {
    const step = mask('value', pseudonym({ key })).compile(compiler);
    const outcome = step.apply(
      {
        each: (_: unknown, visit: (node: unknown) => void) => visit({ settled: false, kind: 'string', string: 'x' }),
      } as never,
      {} as never,
    );
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'MaskFailed', stage: 'mask' } });
  });
});

describe('keepFirst, keepLast, keepDomain', () => {
  it('count characters as people do', async () => {
    expect(await masked('{"value":"añ😀b"}', keepLast(2))).toBe('{"value":"**😀b"}');
    expect(await masked('{"value":"añ😀b"}', keepFirst(3))).toBe('{"value":"añ😀*"}');
  });

  it('never show a whole value', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        async (text, count) => {
          fc.pre(!/[*]/.test(text));
          for (const method of [keepFirst(count), keepLast(count)]) {
            const out = JSON.parse(await masked(JSON.stringify({ value: text }), method)).value;
            expect(out).not.toBe(text);
          }
        },
      ),
    );
  });

  it('keeps the domain of what is found in a text', async () => {
    const run = await loaded(maskDetected('**', ['email'], keepDomain()));
    expect(run('{"note":"from alice@example.com to \\"bob\\"@example.org"}')).toBe(
      '{"note":"from ***@example.com to ***@example.org"}',
    );
  });
});

describe('truncateIp', () => {
  it.each([
    ['2001:db8::1', '2001:db8::'],
    ['::1', '::'],
    ['fe80::1%eth0', 'fe80::'],
    ['[2001:db8:1:2::3]:443', '2001:db8:1::'],
    ['2001:0db8:0000:1::', '2001:db8::'],
    ['203.0.113.42:8080', '203.0.113.0'],
    ['-', '-'],
    ['::203.0.113.42', '::203.0.113.0'],
    ['64:ff9b::203.0.113.42', '64:ff9b::'],
  ])('%s becomes %s', async (from, to) => {
    expect(await masked(JSON.stringify({ value: from }), truncateIp())).toBe(JSON.stringify({ value: to }));
  });

  it.each(['256.1.1.1', '1.2.3', 'host', '2001:db8::1::2', '12345::', '1.2.3.4, nobody'])(
    'fails the record on %s',
    async (value) => {
      expect(await masked(JSON.stringify({ value }), truncateIp())).toMatch(/^MaskFailed/);
    },
  );
});

describe('numbers and dates', () => {
  it('round what is given, and keep numbers numbers', async () => {
    expect(await masked('{"value":{"lat":52.5200066,"lon":-0.04}}', roundCoordinates(1))).toBe(
      '{"value":{"lat":52.5,"lon":0}}',
    );
    expect(await masked('{"value":0.35}', bucket(0.1))).toBe('{"value":0.3}');
    expect(await masked('{"value":"x"}', roundCoordinates(1))).toMatch(/^MaskFailed/);
  });

  it.each([
    ['"1980-05-12T23:59:59.123+02:00"', '"1980"', '"1980-05"'],
    ['"19800512"', '"1980"', '"1980-05"'],
    ['"12.05.1980"', '"1980"', '"1980-05"'],
    ['"1980-05"', '"1980"', '"1980-05"'],
    ['326937600000', '1980', '"1980-05"'],
  ])('%s: year %s, month %s', async (value, year, month) => {
    expect(await masked(`{"value":${value}}`, yearOnly())).toBe(`{"value":${year}}`);
    expect(await masked(`{"value":${value}}`, monthOnly())).toBe(`{"value":${month}}`);
  });

  it.each(['"1980-13-12"', '"1980-02-30"', '"yesterday"', 'true'])('fail the record on %s', async (value) => {
    expect(await masked(`{"value":${value}}`, yearOnly())).toMatch(/^MaskFailed/);
    expect(await masked(`{"value":${value}}`, monthOnly())).toMatch(/^MaskFailed/);
  });
});

describe('shiftDate', () => {
  it('shifts all dates of a subject alike, in the form they have, and none by nothing', async () => {
    const run = await loaded(mask('dates', shiftDate({ key, subject: 'patient', days: 30 })));
    const shifts = new Set<number>();
    for (let patient = 0; patient < 40; patient++) {
      const dates = ['2026-05-12', '2026-05-12T10:11:12.5+02:00', '20260512', '12.05.2026'];
      const out = JSON.parse(
        run(JSON.stringify({ patient, dates: [...dates, Date.UTC(2026, 4, 12), Date.UTC(2026, 4, 12) / 1000] })),
      ).dates;
      const shift = (Date.parse(out[0]) - Date.UTC(2026, 4, 12)) / 86_400_000;
      expect(Number.isInteger(shift) && shift !== 0 && Math.abs(shift) <= 30).toBe(true);
      expect(out[1]).toBe(`${out[0]}T10:11:12.5+02:00`);
      expect(out[2]).toBe(out[0].replaceAll('-', ''));
      expect(out[3]).toBe(out[0].split('-').reverse().join('.'));
      expect(out[4]).toBe(Date.parse(out[0]));
      expect(out[5]).toBe(Date.parse(out[0]) / 1000);
      shifts.add(shift);
    }
    expect(shifts.size).toBeGreaterThan(10);
  });
});

describe('formatPreserving', () => {
  it('keeps the form, is the same for the same value, and differs by tweak', async () => {
    const plain = await masked('{"value":"GB82-WEST-123456"}', formatPreserving({ key }));
    expect(plain).toMatch(/^\{"value":"GB\d\d-WEST-\d{6}"\}$/);
    expect(await masked('{"value":"GB82-WEST-123456"}', formatPreserving({ key }))).toBe(plain);
    expect(await masked('{"value":"GB82-WEST-123456"}', formatPreserving({ key, tweak: 'iban' }))).not.toBe(plain);
    expect(await masked('{"value":"aB3-xY9z"}', formatPreserving({ key, alphabet: 'alphanumeric' }))).toMatch(
      /^\{"value":"[A-Za-z\d]{3}-[A-Za-z\d]{4}"\}$/,
    );
  });

  it('leaves numbers valid JSON numbers of the same length', async () => {
    const run = await loaded(mask('value', formatPreserving({ key })));
    fc.assert(
      fc.property(fc.integer({ min: 100_000, max: Number.MAX_SAFE_INTEGER }), fc.boolean(), (value, negative) => {
        const json = `${negative ? '-' : ''}${value}`;
        const out = JSON.parse(run(`{"value":${json}}`)).value;
        expect(String(out)).toHaveLength(json.length);
        expect(out < 0).toBe(negative);
      }),
    );
  });
});

describe('remove', () => {
  it('takes values out, and finds out of texts', async () => {
    expect(await masked('{"a":[1,2,3],"value":{"b":1}}', remove())).toBe('{"a":[1,2,3]}');
    expect(await masked('{"a":[1,2,3]}', remove(), 'a[1]')).toBe('{"a":[1,3]}');
    const run = await loaded(maskDetected('**', ['email'], remove()));
    expect(run('{"note":"to alice@example.com."}')).toBe('{"note":"to ."}');
  });
});

describe('path rules', () => {
  it('leave null and empty strings, mask numbers and truths', async () => {
    expect(await masked('{"value":null}', redact())).toBe('{"value":null}');
    expect(await masked('{"value":""}', redact())).toBe('{"value":""}');
    expect(await masked('{"value":true}', redact())).toBe('{"value":"[REDACTED]"}');
  });

  it('reach every match of a pattern, and duplicates of a key', async () => {
    expect(await masked('{"a":[{"ssn":"1"},{"ssn":"2","ssn":"3"}]}', redact(), '**.ssn')).toBe(
      '{"a":[{"ssn":"[REDACTED]"},{"ssn":"[REDACTED]","ssn":"[REDACTED]"}]}',
    );
  });

  it('beat detectors, before them and after them', async () => {
    const rules = [mask('from', keepDomain()), maskDetected('**', 'all', redact())] as const;
    const first = await loaded(...rules);
    const last = await loaded(rules[1], rules[0]);
    const json = '{"from":"alice@example.com","to":"bob@example.com","n":1.10}';
    expect(first(json)).toBe('{"from":"***@example.com","to":"[EMAIL]","n":1.10}');
    expect(last(json)).toBe(first(json));
  });

  it('tell what is wrong with their settings when the pipeline is compiled', () => {
    expect(() => mask('a', keepLast(0)).compile(compiler)).toThrow(/keepLast/);
    expect(() => mask('a', bucket(-1)).compile(compiler)).toThrow(/bucket/);
    expect(() => mask('a', roundCoordinates(9)).compile(compiler)).toThrow(/roundCoordinates/);
    expect(() => mask('a', formatPreserving({ key, alphabet: 'aa' })).compile(compiler)).toThrow(/alphabet/);
    expect(() => maskDetected('**', ['emial'], redact()).compile(compiler)).toThrow(/emial/);
    expect(() => maskDetected('**', [], redact()).compile(compiler)).toThrow(/at least one/);
  });
});
