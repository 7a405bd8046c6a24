/**
 * Brings the bundles and the compiled template up to date: `sls package`, run when a source is newer than what it made.
 * The compiled template is the only description of the stack there is.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE, COMPILED_CODE } from './compiled-code.ts';
import { waitForLock } from './wait-for-lock.ts';

export interface StackChoice {
  /** The parameter `pipeline` of serverless.yml. */
  readonly pipeline: string;
  /** The stage, which names the resources and chooses the parameters. */
  readonly stage?: string;
}

export interface CompiledStack {
  /** The template's file. */
  readonly template: string;
  /** The folder with a folder for each function: `firehose-transform/index.cjs`. */
  readonly bundles: string;
  /** Name and stage, as CloudFormation calls the stack. */
  readonly stackName: string;
}

/** Bundling or `sls package` failed; the message holds what it said. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMPILED = join(ROOT, '.serverless', 'cloudformation-template-update-stack.json');
const BUNDLES = join(ROOT, 'dist');
/** What the bundles are made from. */
const CODE = ['functions', 'shared', 'pipelines', 'packaging', 'package-lock.json'];
/** What the template is made from. */
const DESCRIPTION = ['resources', 'serverless.yml', 'packaging', 'package-lock.json'];

export async function compileStack({ pipeline, stage = 'local' }: StackChoice): Promise<CompiledStack> {
  const folder = join(CACHE, stage, pipeline);
  const template = join(folder, 'template.json');
  await mkdir(folder, { recursive: true });
  // One at a time: bundles and template are each made in one folder of the repository.
  const release = await waitForLock(join(CACHE, 'compiling'));
  try {
    await bundle();
    await compileTemplate(pipeline, stage, folder, template);
    return { template, bundles: BUNDLES, stackName: `sluice-${stage}` };
  } finally {
    release();
  }
}

/** Where what V8 makes of these bundles may be kept: only of those that are always made in the same place. */
export function compiledCodeOf(bundles: string): string | undefined {
  return resolve(bundles) === BUNDLES ? COMPILED_CODE : undefined;
}

async function bundle(): Promise<void> {
  const kept = join(CACHE, 'bundles.state');
  const state = await stateOf(CODE);
  if ((await textOf(kept)) === state && (await hasBundles())) return;
  await run('node packaging/build.ts', [join(ROOT, 'packaging', 'build.ts')]);
  await writeFile(kept, state);
}

async function hasBundles(): Promise<boolean> {
  const functions = await readdir(join(ROOT, 'functions'));
  const bundles = await Promise.all(functions.map((name) => stat(join(BUNDLES, name, 'index.cjs')).catch(() => null)));
  return bundles.every((found) => found !== null);
}

async function compileTemplate(pipeline: string, stage: string, folder: string, template: string): Promise<void> {
  const kept = join(folder, 'template.state');
  const state = await stateOf(DESCRIPTION);
  if ((await textOf(kept)) === state) return;
  const script = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
  const args = ['package', '--template-only', '--stage', stage, `--param=pipeline=${pipeline}`];
  await run(`sls ${args.join(' ')}`, [script, ...args]);
  await copyFile(COMPILED, template);
  await writeFile(kept, state);
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

/** A digest of the sources' names, sizes and times. */
async function stateOf(sources: readonly string[]): Promise<string> {
  const digest = createHash('sha256');
  for (const source of sources) {
    const path = join(ROOT, source);
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
    const files = entries?.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)) ?? [
      path,
    ];
    for (const file of files.sort()) {
      const { size, mtimeMs } = await stat(file);
      digest.update(`${file} ${size} ${mtimeMs}\n`);
    }
  }
  return digest.digest('hex');
}

/** Runs a script quietly; what it says is told when it fails. */
async function run(name: string, args: readonly string[]) {
  const child = spawn(process.execPath, [...args], {
    cwd: ROOT,
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      HOME: process.env.HOME ?? ROOT,
      NODE_COMPILE_CACHE: COMPILED_CODE,
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8_000);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new CompileError(`${name} failed:\n${said.trim()}`);
}
