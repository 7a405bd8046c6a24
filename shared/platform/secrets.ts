import { SettingError, setting } from './settings.ts';

/** How long a fetched secret is used before it is looked up again, in seconds. */
const MAX_AGE_SECONDS = 300;

/**
 * The secret that an environment variable refers to: the ARN of a Secrets Manager secret, the ARN of an SSM parameter,
 * or, for a laptop, the secret itself. Fetched values are cached for five minutes.
 * Throws a SettingError that names the variable, never the value.
 */
export async function secretValue(name: string): Promise<string> {
  const reference = setting(name);
  if (reference === undefined) {
    throw new SettingError(
      `The environment variable ${name} is not set: it must hold the ARN of a Secrets Manager secret or SSM parameter with the key.`,
    );
  }
  if (!reference.startsWith('arn:')) return reference;
  const value = await fetchSecret(name, reference);
  if (value === undefined || value === '') throw new SettingError(`The secret that ${name} refers to is empty.`);
  return value;
}

async function fetchSecret(name: string, arn: string): Promise<string | undefined> {
  try {
    if (arn.split(':')[2] === 'secretsmanager') {
      const { getSecret } = await import('./aws/secrets-manager.ts');
      return (await getSecret(arn, { maxAge: MAX_AGE_SECONDS }))?.toString();
    }
    const { getParameter } = await import('./aws/ssm.ts');
    return await getParameter(arn, { decrypt: true, maxAge: MAX_AGE_SECONDS });
  } catch (cause) {
    throw new SettingError(`The secret that ${name} refers to could not be read: ${errorName(cause)}.`, { cause });
  }
}

function errorName(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.name : 'unknown error';
}
