import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePipeline } from '../../shared/pipeline/compile.ts';
import {
  day,
  dedupe,
  drop,
  field,
  json,
  keep,
  keepLast,
  mask,
  maskDetected,
  not,
  parse,
  redact,
  remove,
  rename,
  require,
  sample,
  schema,
  set,
  where,
} from '../../shared/pipeline/index.ts';
import { byteStringOf, bytesOf, decodeUtf8 } from '../../shared/record/byte-string.ts';
import type { Outcome } from '../../shared/record/outcome.ts';
import type { Step } from '../../shared/record/step.ts';
import { brokenJson, jsonText, randomBytes, stringText } from '../factories/arbitrary.ts';
import { documentOf } from '../factories/document.ts';
import { pipelineOf } from '../factories/pipeline.ts';

const path = fc.constantFrom(
  'a',
  'b',
  'a.b',
  'id',
  'user.id',
  'user.email',
  'items[*]',
  'items[0].a',
  '**.a',
  '*.b',
  '**',
  '["__proto__"]',
);
const place = fc.constantFrom('a', 'b', 'a.b', 'id', 'user.id', 'user.email', 'geo.country', '["a.b"]');

const waiting: Step = {
  name: 'waiting',
  stage: 'enrich',
  compile: () => ({ prepare: async () => undefined, apply: () => undefined }),
};

const step: fc.Arbitrary<Step> = fc.oneof(
  path.map((one) => require(one)),
  path.map((one) => drop('dropped', where(one).matches(/^a/))),
  path.map((one) => drop('dropped', where(one).is(null).and(where('b').exists()))),
  path.map((one) => keep('not kept', not(where(one).in('', 0, true)))),
  place.map((one) => dedupe(one)),
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), place).map(([share, one]) => sample(share, one)),
  fc.constant(schema({ properties: { id: { type: ['string', 'number', 'null'] } } })),
  place.map((one) => set(one, { x: [1, 'é'] })),
  fc.uniqueArray(place, { minLength: 2, maxLength: 2 }).map(([from, to]) => rename(from!, to!)),
  path.map((one) => remove(one)),
  path.map((one) => mask(one, redact())),
  path.map((one) => mask(one, keepLast(2))),
  fc.constant(maskDetected('**', ['email', 'card'], redact())),
  fc.constant(waiting),
);

const record = fc.oneof(
  { weight: 4, arbitrary: jsonText.map((text) => Buffer.from(text)) },
  fc.array(jsonText, { maxLength: 4 }).map((texts) => Buffer.from(texts.join('\n'))),
  brokenJson,
  randomBytes,
);

const partition = { kind: field('a'), dt: day('b', { default: 'unknown' }) };

async function run(steps: readonly Step[], records: readonly Buffer[]): Promise<readonly Outcome[]> {
  const pipeline = compilePipeline(pipelineOf({ input: json(), steps, partition }));
  return pipeline.run(
    records.map((bytes, index) => ({ id: `r${index}`, data: byteStringOf(bytes) })),
    { now: 1_789_809_023_187 },
  );
}

describe('any pipeline over any records', () => {
  it('gives one outcome a record, and what leaves is JSON, a line each', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.array(record, { maxLength: 8 }), async (steps, records) => {
        const outcomes = await run(steps, records);
        expect(outcomes).toHaveLength(records.length);
        for (const outcome of outcomes) {
          if (outcome.kind !== 'ok') continue;
          expect(outcome.data.endsWith('\n')).toBe(true);
          const texts = new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(outcome.data));
          expect(outcome.documents).toBeGreaterThan(0);
          if (outcome.documents === 1) expect(() => JSON.parse(texts)).not.toThrow();
          for (const value of Object.values(outcome.partitionKeys ?? {})) expect(value).toMatch(/^[\w.-]{1,128}$/);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('does to a record alone what it does to it among others', async () => {
    const alone = step.filter(({ name }) => name !== 'dedupe');
    await fc.assert(
      fc.asyncProperty(
        fc.array(alone, { maxLength: 5 }),
        fc.array(record, { maxLength: 6 }),
        async (steps, records) => {
          const together = await run(steps, records);
          const apart = await Promise.all(records.map(async (one) => (await run(steps, [one]))[0]));
          expect(together).toEqual(apart);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('does the same whether or not a step makes the batch wait', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 4 }), fc.array(record, { maxLength: 6 }), async (steps, records) => {
        expect(await run([...steps, waiting], records)).toEqual(await run([...steps], records));
      }),
      { numRuns: 200 },
    );
  });

  it('leaves every byte that no step was told to change', async () => {
    const untouched = fc.constantFrom(
      require('here'),
      mask('elsewhere', redact()),
      set('added', 1),
      remove('elsewhere.too'),
      drop('no', where('elsewhere').exists()),
      parse('elsewhere', 'json'),
    );
    await fc.assert(
      fc.asyncProperty(jsonText, fc.array(untouched, { maxLength: 4 }), async (text, steps) => {
        const whole = `{"here":1,"kept":${text}}`;
        const [outcome] = await run(steps, [Buffer.from(whole)]);
        if (outcome?.kind !== 'ok') throw new Error(JSON.stringify(outcome));
        const kept = documentOf(decodeUtf8(outcome.data).trim());
        expect(decodeUtf8(kept.text())).toContain(`{"here":1,"kept":${decodeUtf8(byteStringOf(Buffer.from(text)))}`);
      }),
      { numRuns: 200 },
    );
  });

  it('says nothing of the payload in a failure', async () => {
    const secret = 'S3CR3T-4111111111111111';
    const hostile = fc.oneof(
      fc.constantFrom(
        secret,
        `{"a":"${secret}"`,
        `{"${secret}":1,}`,
        `["${secret}"]`,
        `{"id":["${secret}"]}`,
        `{"${secret}":{"id":{}}}`,
      ),
      stringText.map((text) => `{"a":${text},"b":${secret}}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 5 }), fc.array(hostile, { maxLength: 5 }), async (steps, texts) => {
        const outcomes = await run(
          steps,
          texts.map((text) => Buffer.from(text)),
        );
        const failures = outcomes.filter(({ kind }) => kind !== 'ok');
        expect(JSON.stringify(failures)).not.toContain('S3CR3T');
        expect(JSON.stringify(failures)).not.toContain('4111');
      }),
      { numRuns: 300 },
    );
  });
});
