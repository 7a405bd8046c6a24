import { randomBytes } from 'node:crypto';
import type { AwsRequest, AwsService, Clock } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { awsQueryService } from '../gateway/query-service.ts';

interface Identity {
  readonly arn: string;
  readonly userId: string;
}

export interface IdentityOptions {
  readonly clock: Clock;
  readonly accountId?: string;
  /** Who an access key belongs to: each function's process has a key of its own. Absent, or giving nothing: the account's user. */
  readonly identify?: (accessKeyId: string | undefined) => Identity | undefined;
}

/** A role, and the session that it was assumed in. */
interface AssumedRole {
  readonly roleArn: string;
  readonly sessionArn: string;
}

export interface LocalIdentity extends AwsService {
  /** The role that AssumeRole gave a key for. */
  assumed(accessKeyId: string | undefined): AssumedRole | undefined;
}

/** STS: who a request's signer is, and keys for a role. */
export function createIdentity({ clock, accountId = '000000000000', identify }: IdentityOptions): LocalIdentity {
  const sessions = new Map<string, AssumedRole & { readonly userId: string }>();
  const identityOf = ({ accessKeyId }: AwsRequest): Identity => {
    const session = sessions.get(accessKeyId ?? '');
    if (session !== undefined) return { arn: session.sessionArn, userId: session.userId };
    return identify?.(accessKeyId) ?? { arn: `arn:aws:iam::${accountId}:user/local`, userId: 'AIDALOCAL' };
  };
  const service = awsQueryService({
    names: ['sts'],
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: {
      GetCallerIdentity(_, request) {
        const { arn, userId } = identityOf(request);
        return { Arn: arn, UserId: userId, Account: accountId };
      },
      AssumeRole({ RoleArn, RoleSessionName, DurationSeconds }) {
        const role = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(String(RoleArn));
        if (role === null || typeof RoleSessionName !== 'string' || !/^[\w+=,.@-]{2,64}$/.test(RoleSessionName)) {
          throw new AwsError('ValidationError', 'RoleArn or RoleSessionName is not valid.');
        }
        const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
        const userId = `AROALOCAL:${RoleSessionName}`;
        const arn = `arn:aws:sts::${role[1]}:assumed-role/${role[2]}/${RoleSessionName}`;
        sessions.set(accessKeyId, { roleArn: role[0], sessionArn: arn, userId });
        const expires = clock.now() + (Number(DurationSeconds) || 3600) * 1000;
        return {
          Credentials: {
            AccessKeyId: accessKeyId,
            SecretAccessKey: randomBytes(30).toString('base64'),
            SessionToken: randomBytes(48).toString('base64'),
            Expiration: new Date(expires).toISOString(),
          },
          AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
        };
      },
    },
  });
  return { ...service, assumed: (accessKeyId) => sessions.get(accessKeyId ?? '') };
}
