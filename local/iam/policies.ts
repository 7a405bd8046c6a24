/** The policies of an account: of its roles, and of the resources that have one. */
import type { TemplateResource } from '../account/contracts.ts';
import { MANAGED } from './managed-policies.ts';
import { PolicyError, readPolicy, type Statement } from './statement.ts';

export interface Role {
  readonly arn: string;
  readonly name: string;
  /** Who may assume it. */
  readonly trust: readonly Statement[];
  readonly statements: readonly Statement[];
  /** What it can be allowed at most; undefined: no bound. */
  readonly boundary: readonly Statement[] | undefined;
}

export interface Policies {
  /** Takes AWS::IAM::*, AWS::KMS::Key, and the policies of buckets, queues and functions; `ref` is what a Ref gives. */
  add(resource: TemplateResource, ref: string): void;
  remove(logicalId: string): void;
  /** By ARN; undefined for a role that isn't of this account. */
  role(arn: string): Role | undefined;
  roles(): readonly Role[];
  /** The statements of resources' policies. */
  ofResources(): readonly Statement[];
  /** The statements of a key's policy; undefined for what is no key of a template. */
  ofKey(arn: string): readonly Statement[] | undefined;
  ofKeys(): readonly Statement[];
  /** Told when anything changed. */
  onChange(listener: () => void): void;
}

interface Attached {
  /** The ARN of a managed policy. */
  readonly ref: string;
  /** Names, ARNs. */
  readonly roles: readonly string[];
  readonly statements: readonly Statement[];
}

export interface PoliciesOptions {
  readonly accountId: string;
  readonly region: string;
  /** The ARN of a function by its name or ARN. */
  readonly functionArn: (name: string) => string;
}

export function createPolicies(options: PoliciesOptions): Policies {
  const roles = new Map<string, Role>();
  const attached = new Map<string, Attached>();
  const ofResources = new Map<string, readonly Statement[]>();
  const keys = new Map<string, { readonly arn: string; readonly statements: readonly Statement[] }>();
  const listeners = new Set<() => void>();
  const roleArns = new Map<string, string>();

  function addRole({ logicalId, properties }: TemplateResource, name: string): void {
    const inline = (properties.Policies ?? []) as readonly { PolicyName?: string; PolicyDocument?: unknown }[];
    const managed = (properties.ManagedPolicyArns ?? []) as readonly string[];
    const arn = `arn:aws:iam::${options.accountId}:role${String(properties.Path ?? '/')}${name}`;
    const statements = [
      ...inline.flatMap((each) => readPolicy(each.PolicyDocument, `${logicalId} ${each.PolicyName ?? ''}`)),
      ...managed.flatMap((each) => managedStatements(each, logicalId)),
    ];
    const trust = readPolicy(properties.AssumeRolePolicyDocument, `${logicalId} AssumeRolePolicyDocument`);
    const boundary = boundaryOf(properties.PermissionsBoundary, logicalId);
    roles.set(arn, { arn, name, trust, statements, boundary });
    roleArns.set(logicalId, arn);
  }

  function boundaryOf(arn: unknown, logicalId: string): readonly Statement[] | undefined {
    if (arn === undefined) return undefined;
    if (String(arn).includes(':aws:policy/')) return managedStatements(String(arn), logicalId);
    const own = [...attached.values()].find(({ ref }) => ref === arn);
    if (own === undefined)
      throw new PolicyError(`${logicalId}: the account has no policy ${String(arn)} to bound it by`);
    return own.statements;
  }

  function attach({ logicalId, properties }: TemplateResource, ref: string): void {
    const names = [properties.Roles ?? [], properties.RoleName ?? []].flat().map(String);
    attached.set(logicalId, { ref, roles: names, statements: readPolicy(properties.PolicyDocument, logicalId) });
  }

  const adders: Readonly<Record<string, (resource: TemplateResource, ref: string) => void>> = {
    'AWS::IAM::Role': addRole,
    'AWS::IAM::Policy': attach,
    'AWS::IAM::RolePolicy': attach,
    'AWS::IAM::ManagedPolicy': attach,
    'AWS::S3::BucketPolicy': ({ logicalId, properties }) => {
      ofResources.set(logicalId, readPolicy(properties.PolicyDocument, logicalId));
    },
    'AWS::SQS::QueuePolicy': ({ logicalId, properties }) => {
      ofResources.set(logicalId, readPolicy(properties.PolicyDocument, logicalId));
    },
    'AWS::KMS::Key': ({ logicalId, properties }, id) => {
      const arn = `arn:aws:kms:${options.region}:${options.accountId}:key/${id}`;
      keys.set(logicalId, { arn, statements: readPolicy(properties.KeyPolicy, logicalId) });
    },
    'AWS::Lambda::Permission': ({ logicalId, properties }) => {
      ofResources.set(logicalId, [permission(properties, options)]);
    },
  };

  return {
    add(resource, ref) {
      adders[resource.type]?.(resource, ref);
      for (const listener of listeners) listener();
    },
    remove(logicalId) {
      roles.delete(roleArns.get(logicalId) ?? '');
      attached.delete(logicalId);
      ofResources.delete(logicalId);
      keys.delete(logicalId);
      for (const listener of listeners) listener();
    },
    role(arn) {
      const role = roles.get(arn);
      if (role === undefined) return undefined;
      const more = [...attached.values()].filter((each) =>
        each.roles.some((name) => name === role.name || name === arn),
      );
      return { ...role, statements: [...role.statements, ...more.flatMap(({ statements }) => statements)] };
    },
    roles: () => [...roles.values()],
    ofKey: (arn) => [...keys.values()].find((key) => key.arn === arn)?.statements,
    ofKeys: () => [...keys.values()].flatMap(({ statements }) => statements),
    ofResources: () => [...ofResources.values()].flat(),
    onChange: (listener) => {
      listeners.add(listener);
    },
  };
}

function managedStatements(arn: string, logicalId: string): readonly Statement[] {
  const name = arn.split('/').at(-1) ?? '';
  // One of the template's own is attached by its Roles, or comes with its Ref.
  if (!arn.includes(':aws:policy/')) return [];
  if (!Object.hasOwn(MANAGED, name)) throw new PolicyError(`${logicalId}: the managed policy ${arn} is not known here`);
  const Statement = { Effect: 'Allow', Action: MANAGED[name], Resource: '*' };
  return readPolicy({ Statement }, `${logicalId} ${name}`);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html */
function permission(properties: Readonly<Record<string, unknown>>, options: PoliciesOptions): Statement {
  const { Principal, SourceArn, SourceAccount, Action, FunctionName } = properties;
  const principal = String(Principal);
  const [statement] = readPolicy(
    {
      Statement: {
        Effect: 'Allow',
        Principal: principal.includes('.amazonaws.com') ? { Service: principal } : { AWS: principal },
        Action,
        Resource: options.functionArn(String(FunctionName)),
        Condition: {
          ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),
          ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
        },
      },
    },
    'AWS::Lambda::Permission',
  );
  return statement as Statement;
}
