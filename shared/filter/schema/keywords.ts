/** Keywords of JSON Schema that are checked, or say something of the schema: https://json-schema.org/draft/2020-12/schema */
const PLAIN = [
  '$schema',
  '$id',
  '$ref',
  '$anchor',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentEncoding',
  'contentMediaType',
  'type',
  'enum',
  'const',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'required',
  'dependentRequired',
] as const;
/** What holds a schema, several, or several by name. */
const ONE = [
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
] as const;
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const;
const MAPS = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'] as const;

type Visit = (schema: Readonly<Record<string, unknown>>, where: string) => void;

/** What is wrong with a schema, in words that name the place. */
export function faultsOf(schema: unknown): readonly string[] {
  const faults: string[] = [];
  const known = new Set<string>([...PLAIN, ...ONE, ...LISTS, ...MAPS]);
  walk(
    schema,
    '#',
    (keywords, where) => {
      for (const keyword of Object.keys(keywords)) {
        if (!known.has(keyword))
          faults.push(`schema ${where}: the keyword ${JSON.stringify(keyword)} is not supported`);
      }
      for (const pattern of [keywords.pattern, ...Object.keys(mapOf(keywords.patternProperties))]) {
        if (pattern !== undefined && !isPattern(pattern))
          faults.push(`schema ${where}: a pattern is no regular expression`);
      }
    },
    (where) => faults.push(`schema ${where}: neither an object nor a boolean`),
  );
  return faults;
}

/** Every key that a schema names. */
export function namesOf(schema: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  walk(schema, '#', ({ properties, required, dependentRequired }) => {
    for (const key of Object.keys(mapOf(properties))) names.add(key);
    for (const keys of [required, ...Object.values(mapOf(dependentRequired))]) {
      if (Array.isArray(keys)) for (const key of keys) names.add(String(key));
    }
  });
  return names;
}

function walk(schema: unknown, where: string, visit: Visit, otherwise?: (where: string) => void): void {
  if (typeof schema === 'boolean') return;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    otherwise?.(where);
    return;
  }
  const keywords = schema as Readonly<Record<string, unknown>>;
  visit(keywords, where);
  for (const keyword of ONE) {
    if (keywords[keyword] !== undefined) walk(keywords[keyword], `${where}/${keyword}`, visit, otherwise);
  }
  for (const keyword of [...LISTS, ...MAPS]) {
    for (const [name, inner] of Object.entries(mapOf(keywords[keyword]))) {
      walk(inner, `${where}/${keyword}/${name}`, visit, otherwise);
    }
  }
}

function mapOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function isPattern(source: unknown): boolean {
  try {
    new RegExp(String(source), 'u');
    return true;
  } catch {
    return false;
  }
}
