import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Keyring, keyed, secret } from '../../shared/mask/secret.ts';
import { logger } from '../../shared/platform/logger.ts';

const REFRESHED_AFTER_MS = 301_000;

let time = 0;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => time);
  vi.stubEnv('SOME_KEY', '{"1":"first"}');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const newest = ({ current, keys }: Keyring) => ({ current, key: keys.get(current) });

describe('what is made of a keyring', () => {
  it('is made at start-up, once', async () => {
    const make = vi.fn(newest);
    const made = keyed(secret('SOME_KEY'), make);
    expect(() => made.get()).toThrow('SOME_KEY');
    await made.load();
    expect(make).toHaveBeenCalledTimes(1);
    expect(made.get()).toBe(made.get());
    expect(made.get()).toEqual({ current: 1, key: 'first' });
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('is made anew of the newest version when the key was rotated, some minutes later', async () => {
    const made = keyed(secret('SOME_KEY'), newest);
    await made.load();
    vi.stubEnv('SOME_KEY', '{"1":"first","2":"second"}');
    await made.refresh();
    expect(made.get().current).toBe(1);
    time += REFRESHED_AFTER_MS;
    await made.refresh();
    expect(made.get()).toEqual({ current: 2, key: 'second' });
  });

  it('stays as it was while the secret can not be read, which is said', async () => {
    const made = keyed(secret('SOME_KEY'), newest);
    await made.load();
    vi.stubEnv('SOME_KEY', '{"1":"","2":"PAYLOAD"}');
    const warn = vi.spyOn(logger, 'warn').mockImplementation(() => {});
    time += REFRESHED_AFTER_MS;
    await made.refresh();
    expect(made.get()).toEqual({ current: 1, key: 'first' });
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.any(String), { key: 'SOME_KEY', error: 'SettingError' });
  });

  it('stops the function at start-up where nothing can be made of the key', async () => {
    const refuse = (): object => {
      throw new Error('no key of that kind');
    };
    await expect(keyed(secret('SOME_KEY'), refuse).load()).rejects.toThrow('no key of that kind');
  });

  it('fails, rather than going on with the old key, where nothing can be made of the new one', async () => {
    const refuse = (keyring: Keyring) => {
      if (keyring.current > 1) throw new Error('no key of that kind');
      return newest(keyring);
    };
    const made = keyed(secret('SOME_KEY'), refuse);
    await made.load();
    vi.stubEnv('SOME_KEY', '{"2":"second"}');
    time += REFRESHED_AFTER_MS;
    await made.refresh();
    expect(() => made.get()).toThrow('no key of that kind');
  });
});
