import type { AwsService } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { awsJsonService, type JsonOperation } from '../gateway/json-service.ts';
import { bool, input, integer, list, optional, structure, text } from '../gateway/shape.ts';
import type { Secret, SecretStore, SecretValue, SecretVersion } from './secret-store.ts';

const id = { SecretId: text({ min: 1, max: 2048 }) };
const token = optional(text({ min: 32, max: 64 }));
const value = {
  SecretString: optional(text({ max: 65_536, hidden: true })),
  SecretBinary: optional(text({ hidden: true })),
};
const details = {
  Description: optional(text({ max: 2048 })),
  KmsKeyId: optional(text({ max: 2048 })),
  ClientRequestToken: token,
};
const tags = list(structure({ Key: text({ min: 1, max: 128 }), Value: optional(text({ max: 256 })) }));
const stage = text({ min: 1, max: 256 });
const readCreate = input({
  Name: text({ min: 1, max: 512, pattern: '[A-Za-z0-9/_+=.@-]+' }),
  ...value,
  ...details,
  Tags: optional(tags),
});
const readPut = input({
  ...id,
  ...value,
  ClientRequestToken: token,
  VersionStages: optional(list(stage, { min: 1, max: 20 })),
});
const readUpdate = input({ ...id, ...value, ...details });
const readGet = input({ ...id, VersionId: optional(text()), VersionStage: optional(stage) });
const readId = input(id);
const readDelete = input({
  ...id,
  RecoveryWindowInDays: optional(integer()),
  ForceDeleteWithoutRecovery: optional(bool()),
});
const readMove = input({
  ...id,
  VersionStage: stage,
  RemoveFromVersionId: optional(text()),
  MoveToVersionId: optional(text()),
});

const DAY_MS = 86_400_000;
const LARGEST_SECRET = 65_536;

export function secretsManagerService(store: SecretStore, now: () => number): AwsService {
  return awsJsonService({
    names: ['secretsmanager'],
    targetPrefix: 'secretsmanager',
    version: '1.1',
    operations: { ...writeOperations(store), ...readOperations(store), ...removeOperations(store, now) },
  });
}

function writeOperations(store: SecretStore): Record<string, JsonOperation> {
  return {
    CreateSecret(raw) {
      const request = readCreate(raw);
      const given = givenValue(request);
      const secret = store.create(request.Name, { description: request.Description, keyId: request.KmsKeyId });
      for (const tag of request.Tags ?? []) secret.tags.set(tag.Key, tag.Value ?? '');
      if (given === undefined) return named(secret);
      const version = store.addVersion(secret, given, request.ClientRequestToken);
      return { ...named(secret), VersionId: version.id };
    },
    PutSecretValue(raw) {
      const request = readPut(raw);
      const secret = undeleted(store.find(request.SecretId));
      const given = givenValue(request);
      if (given === undefined)
        throw new AwsError('InvalidParameterException', 'You must provide either SecretString or SecretBinary.');
      const version = store.addVersion(secret, given, request.ClientRequestToken, request.VersionStages);
      return { ...named(secret), VersionId: version.id, VersionStages: [...version.stages] };
    },
    UpdateSecret(raw) {
      const request = readUpdate(raw);
      const secret = undeleted(store.find(request.SecretId));
      const given = givenValue(request);
      if (request.Description !== undefined) secret.description = request.Description;
      if (request.KmsKeyId !== undefined) secret.keyId = request.KmsKeyId;
      if (given === undefined) return named(secret);
      return { ...named(secret), VersionId: store.addVersion(secret, given, request.ClientRequestToken).id };
    },
    UpdateSecretVersionStage(raw) {
      const request = readMove(raw);
      const secret = undeleted(store.find(request.SecretId));
      store.moveStage(secret, request.VersionStage, request.RemoveFromVersionId, request.MoveToVersionId);
      return named(secret);
    },
  };
}

function readOperations(store: SecretStore): Record<string, JsonOperation> {
  return {
    GetSecretValue(raw) {
      const request = readGet(raw);
      const secret = undeleted(store.find(request.SecretId));
      const version = store.version(secret, { id: request.VersionId, stage: request.VersionStage });
      return {
        ...named(secret),
        ...describeVersion(version),
        ...(version.text === undefined ? {} : { SecretString: version.text }),
        ...(version.binary === undefined ? {} : { SecretBinary: version.binary }),
      };
    },
    DescribeSecret: (raw) => describe(store.find(readId(raw).SecretId)),
    ListSecrets: () => ({
      SecretList: store
        .all()
        .filter((secret) => secret.deletedAt === undefined)
        .map(describe),
    }),
    ListSecretVersionIds(raw) {
      const secret = store.find(readId(raw).SecretId);
      const versions = [...secret.versions.values()].filter((version) => version.stages.size > 0);
      return { ...named(secret), Versions: versions.map(describeVersion) };
    },
  };
}

function removeOperations(store: SecretStore, now: () => number): Record<string, JsonOperation> {
  return {
    DeleteSecret(raw) {
      const request = readDelete(raw);
      const secret = store.find(request.SecretId);
      const days = request.RecoveryWindowInDays ?? 30;
      if (days < 7 || days > 30)
        throw new AwsError(
          'InvalidParameterException',
          'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
        );
      if (request.ForceDeleteWithoutRecovery === true) store.remove(secret);
      else secret.deletedAt = now() + days * DAY_MS;
      return { ...named(secret), DeletionDate: (secret.deletedAt ?? now()) / 1000 };
    },
    RestoreSecret(raw) {
      const secret = store.find(readId(raw).SecretId);
      secret.deletedAt = undefined;
      return named(secret);
    },
  };
}

function givenValue(request: {
  SecretString?: string | undefined;
  SecretBinary?: string | undefined;
}): SecretValue | undefined {
  const { SecretString: plain, SecretBinary: binary } = request;
  if (plain !== undefined && binary !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      'You can’t specify both a binary secret value and a string secret value in the same secret.',
    );
  }
  if (Buffer.byteLength(plain ?? '') > LARGEST_SECRET || Buffer.byteLength(binary ?? '', 'base64') > LARGEST_SECRET) {
    throw new AwsError('InvalidParameterException', `A secret value is at most ${LARGEST_SECRET} bytes.`);
  }
  return plain === undefined && binary === undefined ? undefined : { text: plain, binary };
}

function undeleted(secret: Secret): Secret {
  if (secret.deletedAt === undefined) return secret;
  throw new AwsError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

function named(secret: Secret): { ARN: string; Name: string } {
  return { ARN: secret.arn, Name: secret.name };
}

function describeVersion(version: SecretVersion): object {
  return { VersionId: version.id, VersionStages: [...version.stages], CreatedDate: version.createdAt / 1000 };
}

function describe(secret: Secret): object {
  const versions = [...secret.versions.values()].filter((version) => version.stages.size > 0);
  return {
    ...named(secret),
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    ...(secret.keyId === undefined ? {} : { KmsKeyId: secret.keyId }),
    ...(secret.deletedAt === undefined ? {} : { DeletedDate: secret.deletedAt / 1000 }),
    CreatedDate: secret.createdAt / 1000,
    LastChangedDate: secret.changedAt / 1000,
    Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
    VersionIdsToStages: Object.fromEntries(versions.map((version) => [version.id, [...version.stages]])),
  };
}
