import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import type { Clock, Faults } from '../../../local/account/contracts.ts';
import { createFunctions, type FunctionsOptions, type LocalFunctions } from '../../../local/lambda/functions.ts';
import type { LogLine } from '../../../local/lambda/runner.ts';

/** A folder that holds a function's code, removed when the test is over. */
export function codeFolder(files: Readonly<Record<string, string>>): { directory: string } {
  const directory = mkdtempSync(path.join(tmpdir(), 'sluice-test-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(directory, name), content);
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return { directory };
}

export interface Lambda {
  readonly functions: LocalFunctions;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly lines: LogLine[];
}

/** An account's Lambda without an account around it. */
export function startLambda(options: Partial<FunctionsOptions> = {}): Lambda {
  const clock = createClock();
  const faults: Faults = {};
  const lines: LogLine[] = [];
  const functions = createFunctions({
    clock,
    faults,
    endpoint: () => 'http://127.0.0.1:4566',
    region: 'us-east-1',
    accountId: '123456789012',
    log: (line) => lines.push(line),
    ...options,
  });
  onTestFinished(() => functions.stop());
  return { functions, clock: options.clock ?? clock, faults: options.faults ?? faults, lines };
}

/** Creates a function from the source of its `index.cjs`. */
export function addFunction(
  { functions }: Pick<Lambda, 'functions'>,
  name: string,
  source: string,
  properties: Readonly<Record<string, unknown>> = {},
  code: { readonly compiled?: string } = {},
): void {
  const resource = {
    logicalId: `${name}LambdaFunction`,
    type: 'AWS::Lambda::Function',
    properties: { FunctionName: name, Handler: 'index.handler', MemorySize: 256, Timeout: 5, ...properties },
  };
  functions.create(resource, { ...codeFolder({ 'index.cjs': source }), ...code });
}
