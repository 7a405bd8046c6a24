/** Compiles the template for a choice of parameters: `sls package`, without the bundles. */
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Template } from './template.ts';

export interface Choice {
  readonly stage?: string;
  readonly params?: Readonly<Record<string, string>>;
}

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SCRIPT = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
const FILES = ['serverless.yml', 'package.json'];
const FOLDERS = ['packaging', 'pipelines', 'resources'];
/** Where V8 keeps what it made of the framework's modules, and of the plugin's, which a link leaves where they are. */
const COMPILED_CODE = join(ROOT, 'node_modules', '.cache', 'sluice', 'v8');
const TEMPLATE = 'cloudformation-template-update-stack.json';

/** Rejects with what the Serverless Framework said when it fails. */
export async function compileTemplate(choice: Choice): Promise<Template> {
  return JSON.parse(await compiledText(choice)) as Template;
}

export async function compiledText({ stage = 'dev', params = {} }: Choice): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-template-'));
  const chosen = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  try {
    // In a folder of its own: the framework clears `.serverless` wherever it runs, under whoever works there.
    for (const file of FILES) await copyFile(join(ROOT, file), join(folder, file));
    for (const name of FOLDERS) await symlink(join(ROOT, name), join(folder, name), 'junction');
    await sls(folder, ['package', '--template-only', '--stage', stage, ...chosen]);
    return await readFile(join(folder, '.serverless', TEMPLATE), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function describeChoice({ stage = 'dev', params = {} }: Choice): string {
  return [`--stage ${stage}`, ...Object.entries(params).map(([name, value]) => `--param=${name}=${value}`)].join(' ');
}

async function sls(folder: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      HOME: process.env.HOME ?? ROOT,
      NODE_COMPILE_CACHE: COMPILED_CODE,
      SOURCE_DATE_EPOCH: '0',
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
  if (code !== 0) throw new Error(`sls ${args.join(' ')} failed:\n${said.trim()}`);
}
