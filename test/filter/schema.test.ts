import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { schema } from '../../shared/filter/index.ts';
import { compilePipeline, type PipelineError } from '../../shared/pipeline/compile.ts';
import { runThrough } from '../factories/example.ts';
import { pipelineOf } from '../factories/pipeline.ts';

type Schema = Parameters<typeof schema>[0];

/** What a failure says of a document; undefined where it fits. */
async function complaint(definition: Schema, document: unknown): Promise<string | undefined> {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const [outcome] = await runThrough({ steps: [schema(definition)] }, text);
  if (outcome?.kind === 'ok') return undefined;
  if (outcome?.kind !== 'failed' || outcome.failure.code !== 'SchemaMismatch') throw new Error(JSON.stringify(outcome));
  return outcome.failure.message.replace('does not fit the schema: ', '');
}

const EVENT = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['id', 'user'],
  additionalProperties: false,
  $defs: { email: { type: 'string', format: 'email' } },
  properties: {
    id: { type: 'string', pattern: '^E-[0-9]+$', maxLength: 8 },
    user: { type: 'object', properties: { email: { $ref: '#/$defs/email' }, age: { type: 'integer', minimum: 0 } } },
    kind: { enum: ['view', 'cart'] },
    tags: { type: 'array', items: { type: 'string' }, uniqueItems: true, maxItems: 3 },
    amount: { anyOf: [{ type: 'number' }, { type: 'string', pattern: '^[0-9.]+$' }] },
    extra: { type: 'object', additionalProperties: { type: 'number' } },
  },
} as const;

describe('a JSON Schema', () => {
  it.each([
    [{ id: 'E-1', user: {} }, undefined],
    [
      {
        id: 'E-1',
        user: { email: 'a@b.co', age: 30.0 },
        kind: 'view',
        tags: ['x', 'y'],
        amount: '1.50',
        extra: { n: 1 },
      },
      undefined,
    ],
    [{ user: {} }, 'id (required)'],
    [{ id: 'E-1' }, 'user (required)'],
    [{ id: 7, user: {} }, 'id (type)'],
    [{ id: 'X-1', user: {} }, 'id (pattern)'],
    [{ id: 'E-12345678', user: {} }, 'id (maxLength)'],
    [{ id: 'E-1', user: { email: 'nobody' } }, 'user.email (format)'],
    [{ id: 'E-1', user: { age: -1 } }, 'user.age (minimum)'],
    [{ id: 'E-1', user: { age: 1.5 } }, 'user.age (type)'],
    [{ id: 'E-1', user: {}, kind: 'buy' }, 'kind (enum)'],
    [{ id: 'E-1', user: {}, tags: ['a', 1] }, 'tags[1] (type)'],
    [{ id: 'E-1', user: {}, tags: ['a', 'a'] }, 'tags (uniqueItems)'],
    [{ id: 'E-1', user: {}, amount: true }, 'amount (anyOf)'],
    [[], 'the document (type)'],
  ])('of %j says %s', async (document, expected) => {
    expect(await complaint(EVENT, document)).toBe(expected);
  });

  it('names several fields at once, and counts those beyond ten', async () => {
    expect(await complaint(EVENT, { id: 1, user: 2 })).toBe('id (type), user (type)');
    const many = { properties: { list: { items: { type: 'string' } } } };
    expect(await complaint(many, { list: Array.from({ length: 13 }, () => 1) })).toMatch(
      /^list\[0\] \(type\), .*list\[9\] \(type\) and 3 more$/,
    );
  });

  it('says neither values nor keys that it does not name itself', async () => {
    const said = [
      await complaint(EVENT, { id: 'E-1', user: {}, 'alice@example.com': 1 }),
      await complaint(EVENT, { id: 'E-1', user: {}, extra: { 'alice@example.com': 'alice' } }),
      await complaint(EVENT, { id: 'alice', user: 'alice' }),
    ].join(' ');
    expect(said).not.toContain('alice');
    expect(said).toContain('* (not allowed)');
    expect(said).toContain('extra.* (type)');
  });

  it('leaves big numbers and spelling to the document', async () => {
    const [outcome] = await runThrough({ steps: [schema({ type: 'object' })] }, '{"n": 12345678901234567890, "x":1.0}');
    expect(outcome).toMatchObject({ kind: 'ok', data: '{"n": 12345678901234567890, "x":1.0}\n' });
  });

  it.each([
    [{ type: 'object', requird: ['id'] }, 'schema #: the keyword "requird" is not supported'],
    [{ properties: { a: { minLenght: 1 } } }, 'schema #/properties/a: the keyword "minLenght" is not supported'],
    [{ properties: { a: { pattern: '(' } } }, 'schema #/properties/a: a pattern is no regular expression'],
    [{ anyOf: [7] }, 'schema #/anyOf/0: neither an object nor a boolean'],
  ])('that is misspelt is a fault: %j', (definition, fault) => {
    try {
      compilePipeline(pipelineOf({ steps: [schema(definition as unknown as Schema)] }));
      throw new Error('it was taken');
    } catch (error) {
      expect((error as PipelineError).faults).toEqual([`steps[0] schema: ${fault}`]);
    }
  });
});

describe('a zod schema', () => {
  const event = z.object({
    id: z.string(),
    user: z.object({ email: z.email().optional(), age: z.int().nullable().default(0) }),
    items: z.array(z.object({ price: z.number().min(0) })).optional(),
    extra: z.record(z.string(), z.number()).optional(),
  });

  it.each([
    [{ id: 'E-1', user: {} }, undefined],
    [{ user: {} }, 'id (invalid_type)'],
    [{ id: 'E-1', user: { email: 'nobody', age: 'old' } }, 'user.email (invalid_format), user.age (invalid_type)'],
    [{ id: 'E-1', user: {}, items: [{ price: 1 }, { price: -1 }] }, 'items[1].price (too_small)'],
    [{ id: 'E-1', user: {}, extra: { 'alice@example.com': 'alice' } }, 'extra.* (invalid_type)'],
  ])('of %j says %s', async (document, expected) => {
    expect(await complaint(event, document)).toBe(expected);
  });
});
