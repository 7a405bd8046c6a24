/** Secrets and their versions; a stage names one version of a secret at most. */
import { randomBytes, randomUUID } from 'node:crypto';
import { AwsError } from '../gateway/aws-error.ts';

export interface SecretVersion {
  readonly id: string;
  readonly createdAt: number;
  readonly text: string | undefined;
  /** Base64, as the wire has it. */
  readonly binary: string | undefined;
  readonly stages: Set<string>;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly versions: Map<string, SecretVersion>;
  readonly tags: Map<string, string>;
  description: string | undefined;
  keyId: string | undefined;
  changedAt: number;
  /** When it goes, once its deletion is scheduled. */
  deletedAt: number | undefined;
}

export interface SecretValue {
  readonly text?: string | undefined;
  readonly binary?: string | undefined;
}

export interface SecretStore {
  create(name: string, details?: { description?: string | undefined; keyId?: string | undefined }): Secret;
  /** By name, ARN, or ARN without its six random characters. */
  find(reference: string): Secret;
  all(): readonly Secret[];
  addVersion(secret: Secret, value: SecretValue, id?: string, stages?: readonly string[]): SecretVersion;
  /** The version that an id or a stage names. */
  version(secret: Secret, wanted: { id?: string | undefined; stage?: string | undefined }): SecretVersion;
  moveStage(secret: Secret, stage: string, from: string | undefined, to: string | undefined): void;
  remove(secret: Secret): void;
}

const MOST_VERSIONS = 100;
const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

export function createSecretStore(options: { accountId: string; region: string; now(): number }): SecretStore {
  const secrets = new Map<string, Secret>();

  function live(): Secret[] {
    for (const secret of secrets.values()) {
      if (secret.deletedAt !== undefined && secret.deletedAt <= options.now()) secrets.delete(secret.name);
    }
    return [...secrets.values()];
  }

  function setStage(secret: Secret, stage: string, to: SecretVersion): void {
    const holder = [...secret.versions.values()].find((version) => version.stages.has(stage));
    if (holder === to) return;
    holder?.stages.delete(stage);
    to.stages.add(stage);
    if (stage === CURRENT && holder !== undefined) setStage(secret, PREVIOUS, holder);
  }

  const store: SecretStore = {
    create(name, details = {}) {
      if (live().some((secret) => secret.name === name)) {
        throw new AwsError(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      }
      const suffix = randomBytes(8)
        .toString('base64')
        .replace(/[^A-Za-z0-9]/g, 'x')
        .slice(0, 6);
      const now = options.now();
      const secret: Secret = {
        name,
        arn: `arn:aws:secretsmanager:${options.region}:${options.accountId}:secret:${name}-${suffix}`,
        createdAt: now,
        changedAt: now,
        versions: new Map(),
        tags: new Map(),
        description: details.description,
        keyId: details.keyId,
        deletedAt: undefined,
      };
      secrets.set(name, secret);
      return secret;
    },
    find(reference) {
      const found = live().find(
        (secret) => secret.name === reference || secret.arn === reference || secret.arn.slice(0, -7) === reference,
      );
      if (found !== undefined) return found;
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    },
    all: live,
    addVersion(secret, value, id = randomUUID(), stages = [CURRENT]) {
      const existing = secret.versions.get(id);
      if (existing !== undefined) {
        if (existing.text === value.text && existing.binary === value.binary) return existing;
        throw new AwsError(
          'ResourceExistsException',
          `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
        );
      }
      const version: SecretVersion = {
        id,
        createdAt: options.now(),
        text: value.text,
        binary: value.binary,
        stages: new Set(),
      };
      secret.versions.set(id, version);
      secret.changedAt = options.now();
      for (const stage of secret.versions.size === 1 ? new Set([...stages, CURRENT]) : stages)
        setStage(secret, stage, version);
      dropUnnamed(secret);
      return version;
    },
    version(secret, { id, stage = id === undefined ? CURRENT : undefined }) {
      const found = [...secret.versions.values()].find(
        (version) => (id === undefined || version.id === id) && (stage === undefined || version.stages.has(stage)),
      );
      if (found !== undefined) return found;
      const what = id === undefined ? `staging label: ${stage}` : `VersionId: ${id}`;
      throw new AwsError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for ${what}`,
      );
    },
    moveStage(secret, stage, from, to) {
      if (from !== undefined && !secret.versions.get(from)?.stages.has(stage)) {
        throw new AwsError(
          'InvalidParameterException',
          `The staging label ${stage} isn't attached to version ${from}.`,
        );
      }
      const target = to === undefined ? undefined : store.version(secret, { id: to });
      if (target === undefined) secret.versions.get(from ?? '')?.stages.delete(stage);
      else setStage(secret, stage, target);
      secret.changedAt = options.now();
    },
    remove: (secret) => void secrets.delete(secret.name),
  };
  return store;
}

/** Versions that no stage names are the first to go. */
function dropUnnamed(secret: Secret): void {
  for (const version of secret.versions.values()) {
    if (secret.versions.size <= MOST_VERSIONS) return;
    if (version.stages.size === 0) secret.versions.delete(version.id);
  }
}
