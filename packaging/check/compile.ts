/** Compiles the template for a choice of parameters: `sls package`, without the bundles. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
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
const SOURCES = ['serverless.yml', 'package.json', 'packaging', 'pipelines', 'resources'];
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
    for (const source of SOURCES) await cp(join(ROOT, source), join(folder, source), { recursive: true });
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
