/** The account's symmetric keys: real AES-256-GCM, the encryption context authenticated beside the bytes. */
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { AwsError } from '../gateway/aws-error.ts';

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly material: Buffer;
  readonly description: string;
  readonly manager: 'AWS' | 'CUSTOMER';
  enabled: boolean;
}

type EncryptionContext = Readonly<Record<string, string>>;

interface KeyDetails {
  readonly description?: string | undefined;
  readonly manager?: Key['manager'];
  /** In the shape of a UUID. */
  readonly id?: string | undefined;
}

export interface KeyStore {
  create(details?: KeyDetails): Key;
  addAlias(alias: string, key: Key): void;
  removeAlias(alias: string): void;
  aliases(): readonly { readonly name: string; readonly arn: string; readonly keyId: string }[];
  keys(): readonly Key[];
  /** By id, ARN, alias or alias ARN; AWS's own keys (`alias/aws/s3`) come to be when asked for. */
  find(reference: string): Key;
  encrypt(key: Key, plaintext: Buffer, context: EncryptionContext): Buffer;
  decrypt(blob: Buffer, context: EncryptionContext): { readonly key: Key; readonly plaintext: Buffer };
}

const VERSION = 1;
const ID_BYTES = 36;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + ID_BYTES + IV_BYTES + TAG_BYTES;

export function createKeyStore(options: { accountId: string; region: string; now(): number }): KeyStore {
  const keys = new Map<string, Key>();
  const aliases = new Map<string, string>();
  const arnOf = (resource: string): string => `arn:aws:kms:${options.region}:${options.accountId}:${resource}`;

  function create({ description = '', manager = 'CUSTOMER', id = randomUUID() }: KeyDetails = {}): Key {
    const material = randomBytes(32);
    const key: Key = {
      id,
      arn: arnOf(`key/${id}`),
      createdAt: options.now(),
      material,
      description,
      manager,
      enabled: true,
    };
    keys.set(id, key);
    return key;
  }

  function find(reference: string): Key {
    const resource = reference.startsWith('arn:') ? reference.split(':').slice(5).join(':') : reference;
    if (!resource.startsWith('alias/')) {
      const key = keys.get(resource.replace(/^key\//, ''));
      if (key !== undefined) return key;
      throw new AwsError(
        'NotFoundException',
        `Key '${reference.startsWith('arn:') ? reference : arnOf(`key/${reference}`)}' does not exist`,
      );
    }
    const known = keys.get(aliases.get(resource) ?? '');
    if (known !== undefined) return known;
    if (!resource.startsWith('alias/aws/'))
      throw new AwsError('NotFoundException', `Alias ${arnOf(resource)} is not found.`);
    const made = create({
      description: `Default key that protects my ${resource.slice(10)} data when no other key is defined`,
      manager: 'AWS',
    });
    aliases.set(resource, made.id);
    return made;
  }

  return {
    create,
    find,
    addAlias(alias, key) {
      if (!/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(alias) || alias.startsWith('alias/aws/')) {
        throw new AwsError('InvalidAliasNameException', 'An alias must begin with alias/, and not with alias/aws/.');
      }
      if (aliases.has(alias))
        throw new AwsError('AlreadyExistsException', `An alias with the name ${arnOf(alias)} already exists`);
      aliases.set(alias, key.id);
    },
    removeAlias(alias) {
      if (!aliases.delete(alias)) throw new AwsError('NotFoundException', `Alias ${arnOf(alias)} is not found.`);
    },
    aliases: () => [...aliases].map(([name, keyId]) => ({ name, arn: arnOf(name), keyId })),
    keys: () => [...keys.values()],
    encrypt(key, plaintext, context) {
      checkEnabled(key);
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key.material, iv).setAAD(canonical(context));
      const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return Buffer.concat([Buffer.from([VERSION]), Buffer.from(key.id, 'latin1'), iv, cipher.getAuthTag(), sealed]);
    },
    decrypt(blob, context) {
      const key =
        blob[0] === VERSION && blob.length >= HEAD_BYTES
          ? keys.get(blob.toString('latin1', 1, 1 + ID_BYTES))
          : undefined;
      if (key === undefined)
        throw new AwsError('InvalidCiphertextException', 'The ciphertext is not one of this account.');
      checkEnabled(key);
      return { key, plaintext: open(key, blob, context) };
    },
  };
}

function open(key: Key, blob: Buffer, context: EncryptionContext): Buffer {
  const iv = blob.subarray(1 + ID_BYTES, 1 + ID_BYTES + IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key.material, iv).setAAD(canonical(context));
  decipher.setAuthTag(blob.subarray(1 + ID_BYTES + IV_BYTES, HEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(blob.subarray(HEAD_BYTES)), decipher.final()]);
  } catch {
    throw new AwsError(
      'InvalidCiphertextException',
      'The ciphertext or its encryption context is not what was encrypted.',
    );
  }
}

function checkEnabled(key: Key): void {
  if (!key.enabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`);
}

/** A context says the same in any order. */
function canonical(context: EncryptionContext): Buffer {
  const entries = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(entries));
}
