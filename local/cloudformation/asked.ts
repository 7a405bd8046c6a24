/** Reads what a request asks a stack to be: its template, from the body or from S3, and its parameters. */
import type { Objects } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { QueryInput } from '../gateway/query-service.ts';
import type { RawTemplate } from '../template/raw.ts';
import type { Asked, Stack } from './stack.ts';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

export async function readAsked(input: QueryInput, objects: Objects, before: Stack | undefined): Promise<Asked> {
  const body = await bodyOf(input, objects, before);
  const template = readBody(body);
  return {
    body,
    template,
    parameters: parametersOf(input, template, before?.asked),
    tags: listOf(input.Tags) as unknown as Asked['tags'],
    capabilities: listOf(input.Capabilities).map(String),
  };
}

async function bodyOf(input: QueryInput, objects: Objects, before: Stack | undefined): Promise<string> {
  if (typeof input.TemplateBody === 'string') return input.TemplateBody;
  if (typeof input.TemplateURL === 'string') return fetchTemplate(input.TemplateURL, objects);
  if (input.UsePreviousTemplate === 'true' && before?.asked !== undefined) return before.asked.body;
  throw validationError('Either Template URL or Template Body must be specified.');
}

/** `https://s3.us-east-1.amazonaws.com/bucket/key`, `https://bucket.s3.amazonaws.com/key`, or the account's own endpoint. */
async function fetchTemplate(address: string, objects: Objects): Promise<string> {
  const { hostname, pathname } = URL.parse(address) ?? {};
  if (hostname === undefined || pathname === undefined) throw validationError('TemplateURL is not a valid URL.');
  const path = decodeURIComponent(pathname.slice(1));
  const hosted = /^(.+)\.s3[.-]/.exec(hostname)?.[1];
  const slash = path.indexOf('/');
  const [bucket, key] = hosted === undefined ? [path.slice(0, slash), path.slice(slash + 1)] : [hosted, path];
  try {
    return (await objects.get(bucket, key)).toString('utf8');
  } catch {
    throw validationError(`S3 error: the template ${bucket}/${key} could not be read.`);
  }
}

export function readBody(body: string): RawTemplate {
  let template: unknown;
  try {
    template = JSON.parse(body);
  } catch {
    throw validationError('Template format error: JSON not well-formed. (The local account reads no YAML.)');
  }
  const resources = (template as { Resources?: unknown } | null)?.Resources;
  if (typeof resources !== 'object' || resources === null || Object.keys(resources).length === 0) {
    throw validationError('Template format error: At least one Resources member must be defined.');
  }
  return template as RawTemplate;
}

function parametersOf(input: QueryInput, template: RawTemplate, before: Asked | undefined): Record<string, string> {
  const known = template.Parameters ?? {};
  const parameters: Record<string, string> = {};
  for (const given of listOf(input.Parameters) as unknown as readonly Record<string, string>[]) {
    const { ParameterKey: key = '', ParameterValue: value, UsePreviousValue: keep } = given;
    if (!Object.hasOwn(known, key)) throw validationError(`Parameters: [${key}] do not exist in the template`);
    const chosen = keep === 'true' ? before?.parameters[key] : value;
    if (chosen !== undefined) parameters[key] = chosen;
  }
  const missing = Object.keys(known).filter(
    (key) => parameters[key] === undefined && known[key]?.Default === undefined,
  );
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  return parameters;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
