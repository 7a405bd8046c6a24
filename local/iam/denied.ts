/** AccessDenied, as each service words it. */
import { AwsError, type AwsErrorDetails } from '../gateway/aws-error.ts';
import type { Refusal } from './access.ts';

/** Services that answer with the code of S3 and of the older query protocol, and with HTTP's own status. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  s3: 'AccessDenied',
  sts: 'AccessDenied',
  cloudformation: 'AccessDenied',
  lambda: 'AccessDeniedException',
  scheduler: 'AccessDeniedException',
};

/** Services that say so when it is the key of a resource that may not be used. */
const OF_KEYS: Readonly<Record<string, { readonly code: string; readonly more?: AwsErrorDetails }>> = {
  kinesis: { code: 'KMSAccessDeniedException' },
  sqs: {
    code: 'com.amazonaws.sqs#KmsAccessDenied',
    more: { headers: { 'x-amzn-query-error': 'KMS.AccessDeniedException;Sender' } },
  },
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function accessDenied(service: string, sessionArn: string, { need, decision }: Refusal): AwsError {
  const why =
    decision === 'explicit-deny'
      ? 'with an explicit deny in a policy'
      : `because no identity-based policy allows the ${need.action} action`;
  const message = `User: ${sessionArn} is not authorized to perform: ${need.action} on resource: ${need.resource} ${why}`;
  const ofKey = need.action.startsWith('kms:') ? OF_KEYS[service] : undefined;
  if (ofKey !== undefined) return new AwsError(ofKey.code, message, ofKey.more);
  const forbidden = FORBIDDEN[service];
  if (forbidden !== undefined) return new AwsError(forbidden, message, { status: 403 });
  if (service === 'sqs') {
    const headers = { 'x-amzn-query-error': 'AccessDenied;Sender' };
    return new AwsError('com.amazon.coral.service#AccessDeniedException', message, { status: 403, headers });
  }
  const prefix = service === 'dynamodb' ? 'com.amazon.coral.service#' : '';
  return new AwsError(`${prefix}AccessDeniedException`, message);
}
