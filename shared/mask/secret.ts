import { logger } from '../platform/logger.ts';
import { secretValue } from '../platform/secrets.ts';
import { SettingError } from '../platform/settings.ts';

/** A key by reference: the name of an environment variable that holds the ARN of a secret or parameter. */
export interface Secret {
  readonly kind: 'secret';
  readonly name: string;
}

/**
 * A key by reference: `secret('MASK_KEY')`. The environment variable MASK_KEY holds the ARN of a Secrets Manager secret or
 * of an SSM parameter; on a laptop the key itself.
 * The secret's value is one key, or several by version: `{"1": "first key", "2": "second key"}`. The highest version masks;
 * the others still read what they once wrote.
 */
export function secret(name: string): Secret {
  return { kind: 'secret', name };
}

/** What the references' examples name. */
export const EXAMPLE_KEY: Secret = secret('MASK_KEY');

/** The versions of a key. */
export interface Keyring {
  /** The version that masks. */
  readonly current: number;
  readonly keys: ReadonlyMap<number, string>;
}

/** Fetches a key. Throws a SettingError that names the variable, never the value. */
export async function loadKeyring({ name }: Secret): Promise<Keyring> {
  return parseKeyring(name, await secretValue(name));
}

function parseKeyring(name: string, value: string): Keyring {
  const keys = value.trimStart().startsWith('{') ? versions(name, value) : new Map([[1, value]]);
  return { current: Math.max(...keys.keys()), keys };
}

function versions(name: string, value: string): Map<number, string> {
  const wrong = `The secret that ${name} refers to must hold a key, or keys by version: {"1": "…", "2": "…"}.`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    throw new SettingError(wrong);
  }
  const entries = Object.entries(parsed as object).map(([version, key]) => [Number(version), key] as const);
  const right = entries.every(
    ([version, key]) => Number.isSafeInteger(version) && version > 0 && typeof key === 'string' && key !== '',
  );
  if (!right || entries.length === 0) throw new SettingError(wrong);
  return new Map(entries as [number, string][]);
}

/** A keyring that is loaded at start-up, and looked up again now and then. */
export interface KeyringHolder {
  load(): Promise<void>;
  refresh(): Promise<void>;
  /** Throws when it was never loaded. */
  get(): Keyring;
}

const REFRESH_MS = 300_000;

/** Holds the keyring of a secret. A look-up that fails later leaves the keys that are known in use. */
export function keyringHolder(reference: Secret): KeyringHolder {
  const { name } = reference;
  let keyring: Keyring | undefined;
  let loaded = 0;
  const load = async () => {
    keyring = await loadKeyring(reference);
    loaded = performance.now();
  };
  return {
    load,
    async refresh() {
      if (keyring === undefined || performance.now() - loaded < REFRESH_MS) return;
      loaded = performance.now();
      await load().catch((error: unknown) => {
        const why = error instanceof Error ? error.name : 'Error';
        logger.warn('A key could not be looked up again: the one that is known stays in use', {
          key: name,
          error: why,
        });
      });
    },
    get() {
      if (keyring === undefined) throw new SettingError(`The key that ${name} refers to was not loaded.`);
      return keyring;
    },
  };
}

/** What is made of a keyring, and made anew when its keys change. */
export interface Keyed<T> extends Pick<KeyringHolder, 'load' | 'refresh'> {
  /** Throws when the keyring was never loaded. */
  get(): T;
}

/** Made as the keyring is loaded, so that keys that are no good stop the function at start-up. */
export function keyed<T extends object>(reference: Secret, make: (keyring: Keyring) => T): Keyed<T> {
  const holder = keyringHolder(reference);
  let keyring: Keyring | undefined;
  let made: T | undefined;
  const get = (): T => {
    const current = holder.get();
    if (made !== undefined && keyring === current) return made;
    made = make(current);
    keyring = current;
    return made;
  };
  return {
    async load() {
      await holder.load();
      get();
    },
    refresh: holder.refresh,
    get,
  };
}
