import { below, type Validator } from './violation.ts';

/** What is used of a zod schema, so that a pipeline without one carries no zod. */
export interface ZodSchema {
  safeParse(value: unknown): {
    readonly success: boolean;
    readonly error?: { readonly issues: readonly Issue[] } | undefined;
  };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly code?: string;
}

export function isZod(schema: unknown): schema is ZodSchema {
  return typeof propertyOf(schema, 'safeParse') === 'function';
}

export function zodValidator(schema: ZodSchema): Validator {
  return (value) => {
    const { success, error } = schema.safeParse(value);
    if (success) return [];
    return (error?.issues ?? []).map(({ path, code }) => ({ path: pathOf(path, schema), rule: code ?? 'custom' }));
  };
}

/** Names only what the schema names: the keys of a `z.record` are the record's own. */
function pathOf(keys: readonly PropertyKey[], schema: unknown): string {
  let path = '';
  let at = bare(schema);
  for (const key of keys) {
    const member = typeof key === 'string' ? memberOf(propertyOf(at, 'shape'), key) : undefined;
    if (typeof key === 'number') {
      path = below(path, { index: key });
      at = bare(propertyOf(at, 'element'));
    } else if (member !== undefined) {
      path = below(path, { key: key as string });
      at = bare(member);
    } else {
      path = below(path, undefined);
      at = bare(propertyOf(at, 'valueType'));
    }
  }
  return path;
}

/** Wrappers inside wrappers, at most: optional, nullable, default, pipe and so on. */
const DEEPEST = 16;

/** A schema without what makes it optional, nullable and so on. */
function bare(schema: unknown): unknown {
  let inner = schema;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const definition = propertyOf(inner, 'def');
    const wrapped = propertyOf(definition, 'innerType') ?? propertyOf(definition, 'in');
    if (wrapped === undefined) break;
    inner = wrapped;
  }
  return inner;
}

function memberOf(shape: unknown, key: string): unknown {
  return typeof shape === 'object' && shape !== null && Object.hasOwn(shape, key) ? propertyOf(shape, key) : undefined;
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
