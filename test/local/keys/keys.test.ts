import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  type ParameterType,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeys, type LocalKeys } from '../../../local/keys/keys.ts';
import { createIdentity } from '../../../local/sts/identity.ts';
import { type LocalEndpoint, openEndpoint } from '../../factories/local-endpoint.ts';

const ACCOUNT = '123456789012';
let local: LocalEndpoint;
let keys: LocalKeys;

beforeEach(async () => {
  local = await openEndpoint(({ clock }) => {
    keys = createKeys({ clock, accountId: ACCOUNT, region: 'us-east-1' });
    const identity = createIdentity({
      clock,
      accountId: ACCOUNT,
      identify: (key) =>
        key === 'FUNCTIONKEY' ? { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/fn/fn`, userId: 'AROA:fn' } : undefined,
    });
    return [...keys.services, identity];
  });
});

afterEach(() => local.stop());

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

describe('KMS', () => {
  const kms = (): KMSClient => new KMSClient(local.client);

  test('decrypts what it encrypted, under the same context in any order, and under no other', async () => {
    const KeyId = keys.createKey({ alias: 'alias/mask' });
    const sealed = await kms().send(
      new EncryptCommand({
        KeyId: 'alias/mask',
        Plaintext: Buffer.from('secret'),
        EncryptionContext: { a: '1', b: '2' },
      }),
    );
    expect(text(sealed.CiphertextBlob)).not.toContain('secret');
    const open = (EncryptionContext: Record<string, string>) =>
      kms().send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext }));
    expect(await open({ b: '2', a: '1' })).toMatchObject({ KeyId });
    expect(text((await open({ b: '2', a: '1' })).Plaintext)).toBe('secret');
    for (const wrong of [{}, { a: '1' }, { a: '1', b: '3' }, { a: '1', b: '2', c: '3' }])
      await expect(open(wrong as Record<string, string>)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });

  test('makes data keys of the length asked for, each another', async () => {
    const KeyId = keys.createKey();
    const make = (more: object) =>
      kms().send(new GenerateDataKeyCommand({ KeyId, EncryptionContext: { purpose: 'envelope' }, ...more }));
    const [a, b] = [await make({ KeySpec: 'AES_256' }), await make({ KeySpec: 'AES_256' })];
    expect(a.Plaintext).toHaveLength(32);
    expect(Buffer.from(a.Plaintext as Uint8Array).equals(Buffer.from(b.Plaintext as Uint8Array))).toBe(false);
    expect((await make({ NumberOfBytes: 7 })).Plaintext).toHaveLength(7);
    const opened = await kms().send(
      new DecryptCommand({ CiphertextBlob: a.CiphertextBlob, EncryptionContext: { purpose: 'envelope' } }),
    );
    expect(opened.Plaintext).toEqual(a.Plaintext);
    await expect(make({})).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('tells what is wrong with a ciphertext or a key', async () => {
    const KeyId = keys.createKey();
    const { CiphertextBlob } = await kms().send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    const broken = Buffer.from(CiphertextBlob as Uint8Array);
    broken[broken.length - 1] = (broken[broken.length - 1] as number) ^ 1;
    for (const blob of [broken, Buffer.from('nonsense')])
      await expect(kms().send(new DecryptCommand({ CiphertextBlob: blob }))).rejects.toMatchObject({
        name: 'InvalidCiphertextException',
      });
    const other = keys.createKey();
    await expect(kms().send(new DecryptCommand({ CiphertextBlob, KeyId: other }))).rejects.toMatchObject({
      name: 'IncorrectKeyException',
    });
    await expect(kms().send(new DescribeKeyCommand({ KeyId: 'alias/none' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    await kms().send(new DisableKeyCommand({ KeyId }));
    await expect(kms().send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
      name: 'DisabledException',
    });
    await expect(kms().send(new EncryptCommand({ KeyId: other, Plaintext: Buffer.alloc(4097) }))).rejects.toMatchObject(
      { name: 'ValidationException' },
    );
  });

  test('knows keys by id, ARN and alias, and AWS’s own', async () => {
    const { KeyMetadata } = await kms().send(new CreateKeyCommand({ Description: 'mine' }));
    await kms().send(new CreateAliasCommand({ AliasName: 'alias/app/key', TargetKeyId: KeyMetadata?.KeyId }));
    for (const KeyId of [
      KeyMetadata?.KeyId,
      KeyMetadata?.Arn,
      'alias/app/key',
      `arn:aws:kms:us-east-1:${ACCOUNT}:alias/app/key`,
    ]) {
      expect((await kms().send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Description).toBe('mine');
    }
    expect((await kms().send(new DescribeKeyCommand({ KeyId: 'alias/aws/kinesis' }))).KeyMetadata?.KeyManager).toBe(
      'AWS',
    );
  });
});

describe('Secrets Manager', () => {
  const secrets = (): SecretsManagerClient => new SecretsManagerClient(local.client);
  const get = (SecretId: string, more: object = {}) => secrets().send(new GetSecretValueCommand({ SecretId, ...more }));

  test('keeps versions, by stage and by id', async () => {
    const created = await secrets().send(
      new CreateSecretCommand({ Name: 'mask/key', SecretString: 'one', Tags: [{ Key: 'a', Value: '1' }] }),
    );
    expect(created.ARN).toMatch(
      new RegExp(`^arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:mask/key-[A-Za-z0-9]{6}$`),
    );
    const put = await secrets().send(new PutSecretValueCommand({ SecretId: 'mask/key', SecretString: 'two' }));
    expect((await get(created.ARN as string)).SecretString).toBe('two');
    expect((await get((created.ARN as string).slice(0, -7))).SecretString).toBe('two');
    expect((await get('mask/key', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('one');
    expect((await get('mask/key', { VersionId: created.VersionId })).SecretString).toBe('one');
    await secrets().send(
      new UpdateSecretVersionStageCommand({
        SecretId: 'mask/key',
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: created.VersionId,
        RemoveFromVersionId: put.VersionId,
      }),
    );
    expect((await get('mask/key')).SecretString).toBe('one');
    expect((await get('mask/key', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('two');
  });

  test('a pending version is not current', async () => {
    keys.createSecret('s', 'now');
    await secrets().send(
      new PutSecretValueCommand({ SecretId: 's', SecretString: 'next', VersionStages: ['AWSPENDING'] }),
    );
    expect((await get('s')).SecretString).toBe('now');
    expect((await get('s', { VersionStage: 'AWSPENDING' })).SecretString).toBe('next');
    await expect(get('s', { VersionStage: 'NONE' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('holds bytes, and repeats nothing', async () => {
    await secrets().send(new CreateSecretCommand({ Name: 'b', SecretBinary: Buffer.from([0, 255]) }));
    expect(Buffer.from((await get('b')).SecretBinary as Uint8Array)).toEqual(Buffer.from([0, 255]));
    await expect(secrets().send(new CreateSecretCommand({ Name: 'b', SecretString: 'x' }))).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
    const token = { SecretId: 'b', ClientRequestToken: 'x'.repeat(32) };
    const first = await secrets().send(new PutSecretValueCommand({ ...token, SecretString: '1' }));
    expect((await secrets().send(new PutSecretValueCommand({ ...token, SecretString: '1' }))).VersionId).toBe(
      first.VersionId,
    );
    await expect(secrets().send(new PutSecretValueCommand({ ...token, SecretString: '2' }))).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
  });

  test('deletes after its window, and restores before', async () => {
    keys.createSecret('s', 'v');
    await secrets().send(new DeleteSecretCommand({ SecretId: 's', RecoveryWindowInDays: 7 }));
    await expect(get('s')).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await secrets().send(new RestoreSecretCommand({ SecretId: 's' }));
    expect((await get('s')).SecretString).toBe('v');
    await secrets().send(new DeleteSecretCommand({ SecretId: 's', RecoveryWindowInDays: 7 }));
    await local.clock.advance(8 * 86_400_000);
    await expect(secrets().send(new DescribeSecretCommand({ SecretId: 's' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('Parameter Store', () => {
  const ssm = (): SSMClient => new SSMClient(local.client);
  const put = (Name: string, Value: string, more: { Type?: ParameterType; Overwrite?: boolean } = { Type: 'String' }) =>
    ssm().send(new PutParameterCommand({ Name, Value, ...more }));
  const get = async (Name: string, WithDecryption = false) =>
    (await ssm().send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;

  test('keeps versions', async () => {
    await put('/app/x', '1');
    await expect(put('/app/x', '2')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect((await put('/app/x', '2', { Overwrite: true })).Version).toBe(2);
    expect(await get('/app/x')).toMatchObject({
      Value: '2',
      Version: 2,
      ARN: `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/app/x`,
    });
    expect(await get('/app/x:1')).toMatchObject({ Value: '1', Selector: ':1' });
    expect(await get(`arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/app/x`)).toMatchObject({ Value: '2' });
    await expect(get('/app/x:9')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    await ssm().send(new DeleteParameterCommand({ Name: '/app/x' }));
    await expect(get('/app/x')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  test('shows a SecureString only to who asks for decryption', async () => {
    keys.putParameter({ name: 'secret', value: 'hunter2', type: 'SecureString' });
    expect((await get('secret'))?.Value).not.toContain('hunter2');
    expect((await get('secret', true))?.Value).toBe('hunter2');
    expect((await get(`arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/secret`, true))?.Value).toBe('hunter2');
  });

  test('gives many by name and by path', async () => {
    for (const name of ['/a/1', '/a/2', '/a/b/3', '/ab/4']) await put(name, name);
    const many = await ssm().send(new GetParametersCommand({ Names: ['/a/1', 'gone'] }));
    expect([many.Parameters?.map((each) => each.Name), many.InvalidParameters]).toEqual([['/a/1'], ['gone']]);
    const byPath = async (more: object) =>
      (await ssm().send(new GetParametersByPathCommand({ Path: '/a', ...more }))).Parameters?.map((each) => each.Name);
    expect(await byPath({})).toEqual(['/a/1', '/a/2']);
    expect(await byPath({ Recursive: true })).toEqual(['/a/1', '/a/2', '/a/b/3']);
    const page = await ssm().send(new GetParametersByPathCommand({ Path: '/a', MaxResults: 1 }));
    expect(await byPath({ NextToken: page.NextToken })).toEqual(['/a/2']);
  });

  test.each([
    ['aws/x', 'v'],
    ['a b', 'v'],
    ['x', 'v'.repeat(8193)],
  ])('%j with a value of its length is refused', async (name, value) => {
    await expect(put(name, value)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('STS', () => {
  test('tells who a key belongs to', async () => {
    const ask = async (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) =>
      (await new STSClient({ ...local.client, credentials }).send(new GetCallerIdentityCommand({}))).Arn;
    expect(await ask(local.client.credentials)).toBe(`arn:aws:iam::${ACCOUNT}:user/local`);
    expect(await ask({ accessKeyId: 'FUNCTIONKEY', secretAccessKey: 'x' })).toBe(
      `arn:aws:sts::${ACCOUNT}:assumed-role/fn/fn`,
    );
    const sts = new STSClient(local.client);
    const { Credentials: role } = await sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/path/deployer`, RoleSessionName: 'me' }),
    );
    const as = {
      accessKeyId: role?.AccessKeyId as string,
      secretAccessKey: role?.SecretAccessKey as string,
      sessionToken: role?.SessionToken as string,
    };
    expect(await ask(as)).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/deployer/me`);
    await expect(sts.send(new AssumeRoleCommand({ RoleArn: 'nonsense', RoleSessionName: 'me' }))).rejects.toMatchObject(
      { name: 'ValidationError' },
    );
  });
});
