import { decodeUtf8 } from '../record/byte-string.ts';
import { permanent } from '../record/failure.ts';
import { failed } from '../record/outcome.ts';
import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import { type JsonSchema, jsonSchemaValidator } from './schema/json-schema.ts';
import type { Validator, Violation } from './schema/violation.ts';
import { isZod, type ZodSchema, zodValidator } from './schema/zod.ts';

/** So many fields a failure names; it counts the others. */
const NAMED = 10;

const ORDER = {
  type: 'object',
  required: ['id', 'items'],
  properties: {
    id: { type: 'string' },
    items: { type: 'array', minItems: 1, items: { properties: { price: { type: 'number', minimum: 0 } } } },
  },
} as const;

export const schema = documented<[schema: JsonSchema | ZodSchema], Step>(
  {
    name: 'schema',
    summary:
      'Fails documents that do not fit a schema. The failure says which fields break which rule, never their values, and no key that the schema does not name itself. Documents leave as they came: a schema changes nothing.',
    settings: {
      schema:
        'A JSON Schema (draft 2020-12), or a zod schema. An unknown keyword is a fault when the pipeline is compiled.',
    },
    examples: [
      {
        shows: 'one that fits',
        args: [ORDER],
        in: '{"id":"O-1","items":[{"price":1.50}]}',
        out: '{"id":"O-1","items":[{"price":1.50}]}',
      },
      {
        shows: 'a wrong type',
        args: [ORDER],
        in: '{"id":1,"items":[{"price":-1}]}',
        out: { failed: 'SchemaMismatch' },
      },
    ],
  },
  (definition) => ({
    name: 'schema',
    stage: 'filter',
    compile(compiler) {
      const validate: Validator = isZod(definition)
        ? zodValidator(definition)
        : jsonSchemaValidator(definition, (message) => compiler.fault(message));
      return {
        apply(document) {
          const violations = validate(JSON.parse(decodeUtf8(document.text())));
          if (violations.length === 0) return undefined;
          return failed(permanent('SchemaMismatch', 'filter', say(violations)));
        },
      };
    },
  }),
);

function say(violations: readonly Violation[]): string {
  const named = violations.slice(0, NAMED).map(({ path, rule }) => `${path === '' ? 'the document' : path} (${rule})`);
  const more = violations.length - named.length;
  return `does not fit the schema: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
