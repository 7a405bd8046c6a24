/** A function as its template describes it. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TemplateResource } from '../account/contracts.ts';
import { unpackZip } from './zip.ts';

/** The code of a function: the directory that holds its module, or a deployment package. */
export type FunctionCode =
  | {
      readonly directory: string;
      /** Where what V8 made of the modules is kept for the next process: for a directory that stays. */
      readonly compiled?: string;
    }
  | { readonly zip: Buffer };

export interface FunctionDefinition {
  readonly name: string;
  readonly logicalId: string;
  readonly arn: string;
  readonly handler: string;
  readonly runtime: string;
  readonly description: string;
  readonly role: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Concurrency that is set aside for the function, and its limit. */
  readonly reserved: number | undefined;
  readonly deadLetterArn: string | undefined;
  readonly logGroup: string;
  readonly jsonLogs: boolean;
  readonly tracing: string;
  readonly architectures: readonly string[];
  readonly lastModified: number;
  readonly code: InstalledCode;
}

export interface InstalledCode {
  readonly directory: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly compiled?: string;
  remove(): void;
}

/** The function can't be created as described; says what is wrong with which property. */
class FunctionError extends Error {
  override readonly name = 'FunctionError';
}

export function installCode(code: FunctionCode): InstalledCode {
  if ('directory' in code) {
    const { directory, compiled } = code;
    const kept = compiled === undefined ? {} : { compiled };
    return { directory: path.resolve(directory), ...digestOf(directory), ...kept, remove: () => {} };
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'sluice-function-'));
  unpackZip(code.zip, directory);
  const sha256 = createHash('sha256').update(code.zip).digest('base64');
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  return { directory, sha256, bytes: code.zip.length, remove };
}

/** Of a directory, its entry module stands for the package. */
function digestOf(directory: string): { sha256: string; bytes: number } {
  for (const file of ['index.cjs', 'index.mjs', 'index.js']) {
    try {
      const content = readFileSync(path.join(directory, file));
      return { sha256: createHash('sha256').update(content).digest('base64'), bytes: content.length };
    } catch {
      // Another spelling, or a module of another name: the digest is only told, never relied on.
    }
  }
  return { sha256: createHash('sha256').update(directory).digest('base64'), bytes: 0 };
}

export function defineFunction(
  resource: TemplateResource,
  place: { region: string; accountId: string; now: number },
  code: InstalledCode,
): FunctionDefinition {
  const properties = resource.properties;
  const name = text(properties.FunctionName) ?? resource.logicalId;
  const logging = object(properties.LoggingConfig);
  return {
    name,
    logicalId: resource.logicalId,
    arn: `arn:aws:lambda:${place.region}:${place.accountId}:function:${name}`,
    handler: text(properties.Handler) ?? fail(name, 'Handler', 'is missing'),
    runtime: text(properties.Runtime) ?? 'nodejs24.x',
    description: text(properties.Description) ?? '',
    role: text(properties.Role) ?? `arn:aws:iam::${place.accountId}:role/${name}`,
    memoryMb: whole(name, 'MemorySize', properties.MemorySize, 128, [128, 10_240]),
    timeoutMs: whole(name, 'Timeout', properties.Timeout, 3, [1, 900]) * 1000,
    environment: variables(name, object(properties.Environment)?.Variables),
    reserved: optionalWhole(name, 'ReservedConcurrentExecutions', properties.ReservedConcurrentExecutions),
    deadLetterArn: text(object(properties.DeadLetterConfig)?.TargetArn),
    logGroup: text(logging?.LogGroup) ?? `/aws/lambda/${name}`,
    jsonLogs: logging?.LogFormat === 'JSON',
    tracing: text(object(properties.TracingConfig)?.Mode) ?? 'PassThrough',
    architectures: Array.isArray(properties.Architectures) ? properties.Architectures.map(String) : ['x86_64'],
    lastModified: place.now,
    code,
  };
}

function fail(name: string, property: string, fault: string): never {
  throw new FunctionError(`Function ${name}: ${property} ${fault}`);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** CloudFormation takes numbers as text, too. */
function optionalWhole(name: string, property: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const parsed = Number(value);
  return Number.isSafeInteger(parsed) && parsed >= 0 ? parsed : fail(name, property, 'is not a whole number');
}

function whole(
  name: string,
  property: string,
  value: unknown,
  fallback: number,
  [least, most]: readonly [number, number],
): number {
  const parsed = optionalWhole(name, property, value) ?? fallback;
  return parsed >= least && parsed <= most ? parsed : fail(name, property, `must be between ${least} and ${most}`);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: 4 KB in all. */
const ENVIRONMENT_BYTES = 4096;

function variables(name: string, value: unknown): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [key, item] of Object.entries(object(value) ?? {})) {
    if (typeof item === 'object') fail(name, `Environment.Variables.${key}`, 'is not text');
    given[key] = String(item);
  }
  const fault = `holds more than ${ENVIRONMENT_BYTES} bytes`;
  return Buffer.byteLength(JSON.stringify(given)) > ENVIRONMENT_BYTES ? fail(name, 'Environment', fault) : given;
}
