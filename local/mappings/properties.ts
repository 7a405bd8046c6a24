/** Reads the properties of a template's resource, or of an API request: both spell them alike, templates quote numbers. */

/** A mapping can't be as described: says which property is wrong, and how. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
}

export type Properties = Readonly<Record<string, unknown>>;

export function object(value: unknown): Properties | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Properties) : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function requiredText(properties: Properties, name: string): string {
  return text(properties[name]) ?? fail(name, 'is missing');
}

export function whole(properties: Properties, name: string, fallback: number, least: number, most: number): number {
  const value = properties[name];
  if (value === undefined || value === null) return fallback;
  const parsed = Number(value);
  if (Number.isSafeInteger(parsed) && parsed >= least && parsed <= most) return parsed;
  return fail(name, `must be a whole number between ${least} and ${most}`);
}

/** As `whole`; -1 stands for no limit, which is also the default. */
export function limit(properties: Properties, name: string, least: number, most: number): number | undefined {
  const value = properties[name];
  if (value === undefined || value === null || Number(value) === -1) return undefined;
  return whole(properties, name, 0, least, most);
}

export function flag(value: unknown, fallback: boolean): boolean {
  if (value === undefined || value === null) return fallback;
  return value === true || value === 'true';
}

export function fail(name: string, fault: string): never {
  throw new MappingError(`${name} ${fault}`);
}
