/** The account's own services, as a role may use them: Firehose and Lambda act for others, with a role they are given. */
import { randomUUID } from 'node:crypto';
import type { Functions, Objects, Streams } from '../account/contracts.ts';
import type { Caller, Targets } from '../account/targets.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { Access } from './access.ts';
import { accessDenied } from './denied.ts';

/** Throws AccessDenied. */
function assertMay(access: Access, roleArn: string, action: string, resource: string): void {
  const refusal = access.refusal(roleArn, { action, resource });
  if (refusal === undefined) return;
  const service = action.slice(0, action.indexOf(':'));
  throw accessDenied(service, roleArn, refusal);
}

/** `roleFor` tells the role that a bucket is written with; undefined: none that is known. */
export function objectsAs(access: Access, roleFor: (bucket: string) => string | undefined, objects: Objects): Objects {
  const check = (action: string, bucket: string, key: string): void => {
    const role = roleFor(bucket);
    if (role !== undefined) assertMay(access, role, action, `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`);
  };
  return {
    ...objects,
    async put(bucket, key, body, options) {
      check('s3:PutObject', bucket, key);
      await objects.put(bucket, key, body, options);
    },
    async get(bucket, key) {
      check('s3:GetObject', bucket, key);
      return objects.get(bucket, key);
    },
    async list(bucket, prefix) {
      check('s3:ListBucket', bucket, '');
      return objects.list(bucket, prefix);
    },
  };
}

/** An invocation that the role isn't allowed is refused like any that never started. */
export function functionsAs(
  access: Access,
  roleFor: (name: string) => string | undefined,
  functions: Functions,
): Functions {
  return {
    ...functions,
    async invoke(name, payload) {
      const role = roleFor(name);
      const need = { action: 'lambda:InvokeFunction', resource: functions.arnOf(name) };
      const refusal = role === undefined ? undefined : access.refusal(role, need);
      if (role === undefined || refusal === undefined) return functions.invoke(name, payload);
      const errorMessage = accessDenied('lambda', role, refusal).message;
      return {
        requestId: randomUUID(),
        payload: JSON.stringify({ errorType: 'AccessDeniedException', errorMessage }),
        cause: 'rejected',
        durationMs: 0,
        executedVersion: '$LATEST',
      };
    },
  };
}

export function streamsAs(access: Access, role: string, streams: Streams): Streams {
  const check = (action: string, stream: string): void =>
    assertMay(access, role, `kinesis:${action}`, streams.arnOf(stream));
  return {
    ...streams,
    shards(stream) {
      check('ListShards', stream);
      return streams.shards(stream);
    },
    read(stream, shardId, after, limit) {
      check('GetShardIterator', stream);
      check('GetRecords', stream);
      return streams.read(stream, shardId, after, limit);
    },
  };
}

const SEND: Readonly<Record<string, string>> = {
  lambda: 'lambda:InvokeFunction',
  sqs: 'sqs:SendMessage',
  sns: 'sns:Publish',
  kinesis: 'kinesis:PutRecord',
  firehose: 'firehose:PutRecord',
  s3: 's3:PutObject',
  events: 'events:PutEvents',
};

/** Why a service may not send to a target: by the target's own policy, or by that of the role that it sends with. */
export function callerRefusal(
  access: Access,
  { service, sourceArn, roleArn }: Caller,
  arn: string,
): AwsError | undefined {
  const kind = arn.split(':')[2] ?? '';
  const need = { action: SEND[kind] ?? `${kind}:Send`, resource: arn };
  if (roleArn === undefined) {
    if (access.serviceMay(service, { ...need, context: { 'aws:SourceArn': sourceArn } })) return undefined;
    return new AwsError(
      'AccessDenied',
      `${service} is not authorized to perform: ${need.action} on ${arn} for ${sourceArn}`,
    );
  }
  if (!access.trusts(roleArn, service, { 'aws:SourceArn': sourceArn })) {
    return new AwsError('AccessDenied', `${service} is unable to assume role ${roleArn}.`);
  }
  const refusal = access.refusal(roleArn, need);
  return refusal && accessDenied(kind, roleArn, refusal);
}

export function targetsOfService(access: Access, caller: Caller, targets: Targets): Targets {
  return {
    async send(arn, message, options) {
      const refused = callerRefusal(access, caller, arn);
      if (refused !== undefined) throw refused;
      await targets.send(arn, message, options);
    },
  };
}

export function targetsAs(access: Access, role: string, targets: Targets): Targets {
  return {
    async send(arn, message, options = {}) {
      const service = arn.split(':')[2] ?? '';
      const resource = service === 's3' ? `${arn}/${options.key ?? ''}` : arn;
      assertMay(access, role, SEND[service] ?? `${service}:Send`, resource);
      await targets.send(arn, message, options);
    },
  };
}
