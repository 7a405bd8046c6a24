import { randomBytes } from 'node:crypto';
import type { AwsService } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { awsJsonService, type JsonOperation } from '../gateway/json-service.ts';
import { blob, input, integer, optional, text, textMap } from '../gateway/shape.ts';
import type { Key, KeyStore } from './key-store.ts';

const keyId = text({ min: 1, max: 2048 });
const context = optional(textMap());
/** Source: Encrypt's API reference. */
const readEncrypt = input({ KeyId: keyId, Plaintext: blob({ min: 1, max: 4096 }), EncryptionContext: context });
const readDecrypt = input({
  CiphertextBlob: blob({ min: 1, max: 6144 }),
  EncryptionContext: context,
  KeyId: optional(keyId),
});
const readDataKey = input({
  KeyId: keyId,
  EncryptionContext: context,
  KeySpec: optional(text({ values: ['AES_256', 'AES_128'] })),
  NumberOfBytes: optional(integer({ min: 1, max: 1024 })),
});
const readReEncrypt = input({
  CiphertextBlob: blob({ min: 1, max: 6144 }),
  SourceEncryptionContext: context,
  DestinationKeyId: keyId,
  DestinationEncryptionContext: context,
});
const readCreate = input({
  Description: optional(text({ max: 8192 })),
  KeySpec: optional(text({ values: ['SYMMETRIC_DEFAULT'] })),
});
const readKey = input({ KeyId: keyId });
const readAlias = input({ AliasName: text({ min: 1, max: 256 }), TargetKeyId: keyId });
const readDeleteAlias = input({ AliasName: text({ min: 1, max: 256 }) });
const readRandom = input({ NumberOfBytes: integer({ min: 1, max: 1024 }) });

export function kmsService(store: KeyStore): AwsService {
  return awsJsonService({
    names: ['kms'],
    targetPrefix: 'TrentService',
    version: '1.1',
    operations: { ...cryptoOperations(store), ...keyOperations(store) },
  });
}

function cryptoOperations(store: KeyStore): Record<string, JsonOperation> {
  const dataKey = (raw: unknown): { plaintext: Buffer; answer: object } => {
    const request = readDataKey(raw);
    if ((request.KeySpec === undefined) === (request.NumberOfBytes === undefined)) {
      throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.');
    }
    const key = store.find(request.KeyId);
    const plaintext = randomBytes(request.NumberOfBytes ?? (request.KeySpec === 'AES_128' ? 16 : 32));
    const sealed = store.encrypt(key, plaintext, request.EncryptionContext ?? {});
    return { plaintext, answer: { CiphertextBlob: sealed.toString('base64'), KeyId: key.arn } };
  };
  return {
    Encrypt(raw) {
      const request = readEncrypt(raw);
      const key = store.find(request.KeyId);
      const sealed = store.encrypt(key, request.Plaintext, request.EncryptionContext ?? {});
      return { CiphertextBlob: sealed.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    Decrypt(raw) {
      const request = readDecrypt(raw);
      const expected = request.KeyId === undefined ? undefined : store.find(request.KeyId);
      const { key, plaintext } = store.decrypt(request.CiphertextBlob, request.EncryptionContext ?? {});
      if (expected !== undefined && expected !== key) {
        throw new AwsError(
          'IncorrectKeyException',
          'The key ID in the request does not identify a CMK that can perform this operation.',
        );
      }
      return { Plaintext: plaintext.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    ReEncrypt(raw) {
      const request = readReEncrypt(raw);
      const target = store.find(request.DestinationKeyId);
      const { key, plaintext } = store.decrypt(request.CiphertextBlob, request.SourceEncryptionContext ?? {});
      const sealed = store.encrypt(target, plaintext, request.DestinationEncryptionContext ?? {});
      return { CiphertextBlob: sealed.toString('base64'), SourceKeyId: key.arn, KeyId: target.arn };
    },
    GenerateDataKey(raw) {
      const { plaintext, answer } = dataKey(raw);
      return { ...answer, Plaintext: plaintext.toString('base64') };
    },
    GenerateDataKeyWithoutPlaintext: (raw) => dataKey(raw).answer,
    GenerateRandom: (raw) => ({ Plaintext: randomBytes(readRandom(raw).NumberOfBytes).toString('base64') }),
  };
}

function keyOperations(store: KeyStore): Record<string, JsonOperation> {
  const enable = (raw: unknown, enabled: boolean): undefined => {
    store.find(readKey(raw).KeyId).enabled = enabled;
    return undefined;
  };
  return {
    CreateKey: (raw) => ({ KeyMetadata: describe(store.create({ description: readCreate(raw).Description })) }),
    DescribeKey: (raw) => ({ KeyMetadata: describe(store.find(readKey(raw).KeyId)) }),
    ListKeys: () => ({ Keys: store.keys().map((key) => ({ KeyId: key.id, KeyArn: key.arn })), Truncated: false }),
    EnableKey: (raw) => enable(raw, true),
    DisableKey: (raw) => enable(raw, false),
    CreateAlias(raw) {
      const request = readAlias(raw);
      store.addAlias(request.AliasName, store.find(request.TargetKeyId));
      return undefined;
    },
    DeleteAlias(raw) {
      store.removeAlias(readDeleteAlias(raw).AliasName);
      return undefined;
    },
    ListAliases: () => ({
      Aliases: store
        .aliases()
        .map(({ name, arn, keyId: TargetKeyId }) => ({ AliasName: name, AliasArn: arn, TargetKeyId })),
      Truncated: false,
    }),
  };
}

function describe(key: Key): object {
  return {
    KeyId: key.id,
    Arn: key.arn,
    AWSAccountId: key.arn.split(':')[4],
    CreationDate: key.createdAt / 1000,
    Description: key.description,
    Enabled: key.enabled,
    KeyState: key.enabled ? 'Enabled' : 'Disabled',
    KeyManager: key.manager,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    Origin: 'AWS_KMS',
    MultiRegion: false,
  };
}
