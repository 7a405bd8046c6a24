/** Holds every signed request to the policies of the role that its key belongs to. */
import type { AwsRequest, AwsService } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { routeOf } from '../s3/route.ts';
import type { Access } from './access.ts';
import { accessDenied } from './denied.ts';
import { type NeedsOptions, needsOf } from './needs.ts';

/** Who signed: a role, and the session that it is assumed in. */
export interface Session {
  readonly roleArn: string;
  readonly sessionArn: string;
}

export interface AuthorizerOptions extends NeedsOptions {
  readonly access: Access;
  /** Undefined: the account's own operator, who may do everything. */
  readonly sessionOf: (accessKeyId: string | undefined) => Session | undefined;
}

export interface Authorizer {
  /** Why a request may not be made; `undefined` lets it pass. */
  authorize(request: AwsRequest): AwsError | undefined;
  /** S3 that tells only those of a missing object who may list its bucket; to others, it is denied. */
  withoutHints(objects: AwsService): AwsService;
}

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { access, sessionOf } = options;

  function authorize(request: AwsRequest): AwsError | undefined {
    const session = sessionOf(request.accessKeyId);
    if (session === undefined) return undefined;
    for (const need of needsOf(request, options)) {
      const refusal = access.refusal(session.roleArn, need);
      if (refusal !== undefined) return accessDenied(request.service, session.sessionArn, refusal);
    }
    return undefined;
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, under "Permissions" */
  function hidden(request: AwsRequest, error: unknown): unknown {
    const missing = error instanceof AwsError && error.status === 404 && error.code !== 'NoSuchBucket';
    const session = missing ? sessionOf(request.accessKeyId) : undefined;
    const { operation, bucket } = routeOf(request);
    if (session === undefined || !['GetObject', 'HeadObject', 'CopyObject'].includes(operation)) return error;
    const need = { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` };
    const decision = access.decide(session.roleArn, need);
    return decision === 'allowed' ? error : accessDenied('s3', session.sessionArn, { need, decision });
  }

  return {
    authorize,
    withoutHints: (objects) => ({
      ...objects,
      async handle(request) {
        try {
          return await objects.handle(request);
        } catch (error) {
          throw hidden(request, error);
        }
      },
    }),
  };
}
