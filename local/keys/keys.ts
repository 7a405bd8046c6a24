/** KMS, Secrets Manager and SSM's Parameter Store: what an account keeps secret. */
import type { AwsService, Clock } from '../account/contracts.ts';
import { createKeyStore } from './key-store.ts';
import { kmsService } from './kms.ts';
import { createParameterStore, type NewParameter } from './parameter-store.ts';
import { createSecretStore } from './secret-store.ts';
import { secretsManagerService } from './secrets-manager.ts';

export interface KeysOptions {
  readonly clock: Clock;
  readonly accountId?: string;
  readonly region?: string;
}

export interface LocalKeys {
  readonly services: readonly AwsService[];
  /** Makes a key, with an alias (`alias/name`) and under an id if they are given; gives its ARN. */
  createKey(options?: { readonly alias?: string; readonly description?: string; readonly id?: string }): string;
  /** The ARN of the key that an id, an ARN or an alias names; undefined where there is none. */
  keyArn(reference: string): string | undefined;
  /** Makes a secret with its first version; gives its ARN. */
  createSecret(name: string, value: string, description?: string): string;
  /** Makes a parameter, or its next version; gives its ARN. */
  putParameter(parameter: NewParameter): string;
}

export function createKeys({ clock, accountId = '000000000000', region = 'us-east-1' }: KeysOptions): LocalKeys {
  const options = { accountId, region, now: () => clock.now() };
  const keys = createKeyStore(options);
  const secrets = createSecretStore(options);
  const parameters = createParameterStore({ ...options, keys });
  return {
    services: [kmsService(keys), secretsManagerService(secrets, options.now), parameters.service],
    createKey({ alias, description, id } = {}) {
      const key = keys.create({ description, id });
      if (alias !== undefined) keys.addAlias(alias, key);
      return key.arn;
    },
    keyArn(reference) {
      const id = reference.replace(/^arn:[^/]*:(?=alias\/|key\/)/, '').replace(/^key\//, '');
      const alias = keys.aliases().find(({ name }) => name === id);
      return keys.keys().find((key) => key.id === (alias?.keyId ?? id))?.arn;
    },
    createSecret(name, value, description) {
      const secret = secrets.create(name, { description });
      secrets.addVersion(secret, { text: value });
      return secret.arn;
    },
    putParameter(parameter) {
      parameters.put(parameter);
      return parameters.arnOf(parameter.name);
    },
  };
}
