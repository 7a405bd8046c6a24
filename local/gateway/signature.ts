import type { AwsRequest } from '../account/contracts.ts';

/** Who signed a request, and for which service. */
export interface SigningScope {
  readonly accessKeyId: string;
  readonly service: string;
}

type Signed = Pick<AwsRequest, 'url' | 'headers'>;

/**
 * Reads the credential scope: `AKID/20260131/us-east-1/kinesis/aws4_request`, without the region under SigV4A.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signingScope(request: Signed): SigningScope | undefined {
  const credential = headerCredential(request.headers.authorization) ?? queryCredential(request.url);
  if (credential === undefined) return undefined;
  const parts = credential.split('/');
  const end = parts.length - 1;
  if (parts.length < 4 || parts[end] !== 'aws4_request') return undefined;
  const service = parts[end - 1];
  const keyParts = isRegionless(parts) ? end - 2 : end - 3;
  const accessKeyId = parts.slice(0, keyParts).join('/');
  return service && accessKeyId ? { accessKeyId, service: service.toLowerCase() } : undefined;
}

/** SigV4A's scope has the date directly before the service. */
function isRegionless(parts: readonly string[]): boolean {
  return /^\d{8}$/.test(parts[parts.length - 3] ?? '');
}

function headerCredential(authorization: string | undefined): string | undefined {
  if (!authorization?.startsWith('AWS4-')) return undefined;
  return /[ ,]Credential=([^,\s]+)/.exec(authorization)?.[1];
}

function queryCredential(url: string): string | undefined {
  const query = url.indexOf('?');
  if (query < 0 || !url.includes('X-Amz-Credential=', query)) return undefined;
  return new URLSearchParams(url.slice(query + 1)).get('X-Amz-Credential') ?? undefined;
}

/** The first label of `kinesis.us-east-1.amazonaws.com`, or of `bucket.s3.…` the service it names. */
export function hostService(host: string | undefined): string | undefined {
  const name = host?.replace(/:\d+$/, '').toLowerCase();
  if (!name?.endsWith('.amazonaws.com')) return undefined;
  if (/(^|\.)s3[.-]/.test(name)) return 's3';
  return name.split('.')[0];
}
