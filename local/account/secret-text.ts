import { createHash } from 'node:crypto';

/** AWS::SecretsManager::Secret's GenerateSecretString, as far as the local account follows it. */
export interface SecretRecipe {
  readonly PasswordLength?: unknown;
  readonly ExcludePunctuation?: unknown;
  readonly ExcludeNumbers?: unknown;
  readonly ExcludeUppercase?: unknown;
  readonly ExcludeLowercase?: unknown;
  readonly ExcludeCharacters?: unknown;
  readonly SecretStringTemplate?: unknown;
  readonly GenerateStringKey?: unknown;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** A secret that looks random and is the same for the same name: pseudonyms of two local runs can be compared. */
export function secretText(name: string, recipe: SecretRecipe): string {
  const is = (value: unknown): boolean => value === true || value === 'true';
  const excluded = String(recipe.ExcludeCharacters ?? '');
  const alphabet = [
    is(recipe.ExcludeLowercase) ? '' : LOWER,
    is(recipe.ExcludeUppercase) ? '' : LOWER.toUpperCase(),
    is(recipe.ExcludeNumbers) ? '' : '0123456789',
    is(recipe.ExcludePunctuation) ? '' : PUNCTUATION,
  ]
    .join('')
    .split('')
    .filter((character) => !excluded.includes(character));
  const length = Number(recipe.PasswordLength ?? 32);
  const password = Array.from({ length }, (_, at) => alphabet[draw(name, at, alphabet.length)]).join('');
  if (typeof recipe.GenerateStringKey !== 'string') return password;
  const rest = JSON.parse(String(recipe.SecretStringTemplate ?? '{}')) as object;
  return JSON.stringify({ ...rest, [recipe.GenerateStringKey]: password });
}

function draw(name: string, at: number, below: number): number {
  return createHash('sha256').update(`${name} ${at}`).digest().readUInt32BE(0) % below;
}
