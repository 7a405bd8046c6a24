/** IAM: roles and policies, and everything in the account that is held to them. */
import type { AwsRequest, AwsService, Clock, Permits, TemplateResource } from '../account/contracts.ts';
import type { AwsError } from '../gateway/aws-error.ts';
import { createIdentity } from '../sts/identity.ts';
import { type Access, createAccess } from './access.ts';
import { createAuthorizer, type Session } from './authorizer.ts';
import { createEncryption } from './encryption.ts';
import { createPolicies } from './policies.ts';

export interface IamOptions {
  readonly clock: Clock;
  readonly accountId: string;
  readonly region: string;
  /** The function whose process signs with a key, and that function's role. */
  readonly functionOf: (
    accessKeyId: string,
  ) => { readonly name: string; readonly roleArn: string | undefined } | undefined;
  readonly roleOf: (functionName: string) => string | undefined;
  readonly functionArn: (name: string) => string;
  readonly keyArn?: (reference: string) => string | undefined;
}

export interface LocalIam {
  readonly access: Access;
  /** STS. */
  readonly identity: AwsService;
  /** Takes a resource that is a policy, has one, or is encrypted; others are let be. */
  add(resource: TemplateResource, ref: string): void;
  remove(logicalId: string): void;
  authorize(request: AwsRequest): AwsError | undefined;
  /** S3 that tells only those of a missing object who may list its bucket. */
  withoutHints(objects: AwsService): AwsService;
  /** Why CloudWatch Logs may not deliver the log events of a group. */
  refuseSubscription(subscription: Subscribed, logGroup: string): string | undefined;
  readonly permits: Permits;
  /** Lambda writes a function's log with the function's role. */
  mayWriteLogs(functionName: string, logGroup: string, logStream: string): boolean;
}

interface Subscribed {
  readonly destinationArn: string;
  readonly roleArn: string | undefined;
}

export function createIam(options: IamOptions): LocalIam {
  const { accountId, region } = options;
  const policies = createPolicies(options);
  const encryption = createEncryption(options);
  const access = createAccess(policies, accountId, encryption.needsOf);
  const identity = createIdentity({
    clock: options.clock,
    accountId,
    identify: (accessKeyId) => {
      const session = functionSession(accessKeyId);
      return session === undefined ? undefined : { arn: session.sessionArn, userId: `AROALOCAL:${session.name}` };
    },
  });

  function functionSession(accessKeyId: string | undefined): (Session & { readonly name: string }) | undefined {
    const found = accessKeyId === undefined ? undefined : options.functionOf(accessKeyId);
    if (found?.roleArn === undefined) return undefined;
    const { name, roleArn } = found;
    const role = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    return { name, roleArn, sessionArn: `arn:aws:sts::${accountId}:assumed-role/${role}/${name}` };
  }

  const sessionOf = (accessKeyId: string | undefined): Session | undefined =>
    functionSession(accessKeyId) ?? identity.assumed(accessKeyId);
  const authorizer = createAuthorizer({ ...options, access, sessionOf });

  function refuseSubscription({ destinationArn, roleArn }: Subscribed, logGroup: string): string | undefined {
    const service = destinationArn.split(':')[2];
    if (service === 'lambda') {
      const context = { 'aws:SourceArn': `arn:aws:logs:${region}:${accountId}:log-group:${logGroup}:*` };
      const need = { action: 'lambda:InvokeFunction', resource: options.functionArn(destinationArn), context };
      if (access.serviceMay('logs.amazonaws.com', need)) return undefined;
      return 'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.';
    }
    const name = service === 'kinesis' ? 'stream' : 'Firehose';
    if (roleArn === undefined) return `destinationArn for vendor ${service} needs a roleArn`;
    const context = { 'aws:SourceArn': `arn:aws:logs:${region}:${accountId}:*` };
    const trusted = access.trusts(roleArn, 'logs.amazonaws.com', context);
    if (trusted && access.may(roleArn, { action: `${service}:PutRecord`, resource: destinationArn })) return undefined;
    return `Could not deliver test message to specified ${name}. Check if the given ${name} is in ACTIVE state and that the role can write to it.`;
  }

  return {
    access,
    identity,
    add(resource, ref) {
      encryption.add(resource, ref);
      policies.add(resource, ref);
    },
    remove(logicalId) {
      encryption.remove(logicalId);
      policies.remove(logicalId);
    },
    authorize: authorizer.authorize,
    withoutHints: authorizer.withoutHints,
    refuseSubscription,
    permits: (role, action, resource) => access.may(role, { action, resource }),
    mayWriteLogs(functionName, logGroup, logStream) {
      const role = options.roleOf(functionName);
      const resource = `arn:aws:logs:${region}:${accountId}:log-group:${logGroup}:log-stream:${logStream}`;
      const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
      return role === undefined || actions.every((action) => access.may(role, { action, resource }));
    },
  };
}
