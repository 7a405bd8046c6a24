import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { kms } from '../../platform/clients.ts';
import { requiredSetting } from '../../platform/settings.ts';
import { MaskError } from '../method.ts';
import { keyringHolder, loadKeyring, type Secret } from '../secret.ts';
import { deriveKey } from './derive.ts';

/** A KMS key by reference: the name of an environment variable that holds its ARN, id or alias. */
export interface KmsKey {
  readonly kind: 'kms';
  readonly name: string;
}

/** A KMS key by reference: `kmsKey('MASK_KMS_KEY')`. The environment variable holds its ARN, id or alias. */
export function kmsKey(name: string): KmsKey {
  return { kind: 'kms', name };
}

/** A key that values are encrypted with, and itself as only the master key can read it. */
export interface DataKey {
  readonly plain: Buffer;
  /** `kms.<base64url>`, `k1.<base64url>` (the master key's version). */
  readonly wrapped: string;
}

/** Hands out data keys for one pipeline. */
export interface DataKeySource {
  load(): Promise<void>;
  /** A new data key. */
  generate(): Promise<DataKey>;
}

/** Data keys of KMS, or wrapped with a secret. Both are bound to the pipeline: no other can unwrap them. */
export function dataKeySource(key: KmsKey | Secret, pipeline: string): DataKeySource {
  return key.kind === 'kms' ? kmsSource(key, pipeline) : secretSource(key, pipeline);
}

function kmsSource({ name }: KmsKey, pipeline: string): DataKeySource {
  return {
    async load() {
      requiredSetting(name, 'the KMS key that data keys are made with');
    },
    async generate() {
      const { aws, client } = await kms();
      const { Plaintext, CiphertextBlob } = await client.send(
        new aws.GenerateDataKeyCommand({
          KeyId: requiredSetting(name, 'the KMS key that data keys are made with'),
          KeySpec: 'AES_256',
          EncryptionContext: { pipeline },
        }),
      );
      if (Plaintext === undefined || CiphertextBlob === undefined) throw new MaskError('KMS gave no data key');
      return { plain: Buffer.from(Plaintext), wrapped: `kms.${Buffer.from(CiphertextBlob).toString('base64url')}` };
    },
  };
}

function secretSource(key: Secret, pipeline: string): DataKeySource {
  const holder = keyringHolder(key);
  return {
    load: () => holder.load(),
    async generate() {
      await holder.refresh();
      const { current, keys } = holder.get();
      const plain = randomBytes(32);
      const sealed = seal(deriveKey(keys.get(current)!, 'data keys'), plain, pipeline);
      return { plain, wrapped: `k${current}.${sealed.toString('base64url')}` };
    },
  };
}

/** Gives back the data key that a wrapped one holds. */
export async function unwrap(wrapped: string, pipeline: string, key: Secret | undefined): Promise<Buffer> {
  const [kind, body] = wrapped.split('.') as [string, string];
  const bytes = Buffer.from(body, 'base64url');
  if (kind === 'kms') {
    const { aws, client } = await kms();
    const { Plaintext } = await client.send(
      new aws.DecryptCommand({ CiphertextBlob: bytes, EncryptionContext: { pipeline } }),
    );
    if (Plaintext === undefined) throw new MaskError('KMS gave no data key');
    return Buffer.from(Plaintext);
  }
  if (key === undefined) throw new MaskError('the value was encrypted with a secret: name its environment variable');
  const version = Number(kind.slice(1));
  const master = (await loadKeyring(key)).keys.get(version);
  if (master === undefined) throw new MaskError(`the secret that ${key.name} refers to has no version ${version}`);
  return open(deriveKey(master, 'data keys'), bytes, pipeline);
}

const IV = 12;
const TAG = 16;

/** AES-256-GCM: initialisation vector, cipher text, tag. The context must be the same to open it. */
export function seal(key: Uint8Array, plain: Uint8Array, context: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(context, 'utf8'));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, body, cipher.getAuthTag()]);
}

/** Throws where the key or the context is another, or a byte was changed. */
export function open(key: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  if (sealed.length < IV + TAG) throw new MaskError('an encrypted value is cut off');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV));
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  return Buffer.concat([decipher.update(sealed.subarray(IV, sealed.length - TAG)), decipher.final()]);
}
