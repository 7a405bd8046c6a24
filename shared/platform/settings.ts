/** A setting that is needed and was not given, or can't be read. Stops the function at start-up. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** The value of an environment variable; undefined when unset or empty. This file is the only one that reads process.env. */
export function setting(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === '' ? undefined : value;
}

/** The value of an environment variable that the function can't work without. */
export function requiredSetting(name: string, purpose: string): string {
  const value = setting(name);
  if (value === undefined) throw new SettingError(`The environment variable ${name} is not set: it names ${purpose}.`);
  return value;
}
