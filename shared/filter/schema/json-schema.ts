import { type OutputUnit, type Schema, Validator as SchemaValidator } from '@cfworker/json-schema';
import { faultsOf, namesOf } from './keywords.ts';
import { below, type Validator, type Violation } from './violation.ts';

/** A schema by JSON Schema, draft 2020-12. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** Compiles a schema. A misspelt keyword is a fault: nothing is left unchecked in silence. */
export function jsonSchemaValidator(schema: JsonSchema, fault: (message: string) => void): Validator {
  const faults = faultsOf(schema);
  if (faults.length > 0) {
    for (const message of faults) fault(message);
    return () => [];
  }
  const validator = new SchemaValidator(schema as Schema | boolean, '2020-12', false);
  const names = namesOf(schema);
  return (value) => {
    const { valid, errors } = validator.validate(value);
    return valid ? [] : violationsOf(errors, value, names);
  };
}

/** Keywords that only pass on what a schema below them found. */
const PASSING = new Set([
  'properties',
  'patternProperties',
  'additionalProperties',
  'items',
  'prefixItems',
  '$ref',
  'allOf',
  'if',
  'then',
  'else',
]);
/** Below these a schema may well not fit. */
const TRIED = /\/(?:anyOf|oneOf|not|if|contains)\//;

function violationsOf(errors: readonly OutputUnit[], value: unknown, names: ReadonlySet<string>): readonly Violation[] {
  const found = errors.filter(({ keyword, keywordLocation }) => !PASSING.has(keyword) && !TRIED.test(keywordLocation));
  return (found.length > 0 ? found : errors).map((error) => ({
    path: pathOf(error, value, names),
    rule: ruleOf(error),
  }));
}

function ruleOf({ keyword }: OutputUnit): string {
  return keyword === 'false' ? 'not allowed' : keyword;
}

function pathOf({ keyword, instanceLocation, error }: OutputUnit, value: unknown, names: ReadonlySet<string>): string {
  let path = '';
  let at: unknown = value;
  for (const part of instanceLocation.split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    path = below(path, Array.isArray(at) ? { index: Number(key) } : names.has(key) ? { key } : undefined);
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }
  const missing = keyword === 'required' ? /"(.+)"/.exec(error)?.[1] : undefined;
  return missing !== undefined && names.has(missing) ? below(path, { key: missing }) : path;
}
