import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { CLIENT, CLIENT_FOLDER, clientModule, loadByClient } from './runtime/runtime-client.ts';
import { refuseArguments } from './usage.ts';

/**
 * `npm run check:runtime`: loads the deployment packages by AWS's own runtime client, as Lambda does. Installs the client
 * the first time, which needs a C++ compiler and takes minutes. Exit code 1 where a package can't be loaded.
 */
const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** What the functions read when they load. */
const ENVIRONMENT = {
  PIPELINE: 'clickstream',
  MASK_KEY: 'not-a-secret',
  AWS_REGION: 'us-east-1',
  AWS_LAMBDA_FUNCTION_NAME: 'check',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
  AWS_LAMBDA_FUNCTION_VERSION: '1',
  AWS_LAMBDA_LOG_GROUP_NAME: 'check',
  AWS_LAMBDA_LOG_STREAM_NAME: 'check',
};

async function unpack(zip: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  for (const [name, content] of Object.entries(unzipSync(await readFile(zip)))) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

async function installClient(): Promise<string> {
  const folder = join(ROOT, CLIENT_FOLDER);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { 'aws-lambda-ric': true } }),
  );
  console.log(`installing ${CLIENT} …`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', CLIENT], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const module = clientModule(ROOT);
  if (module === undefined) throw new Error(`${CLIENT} could not be installed`);
  return module;
}

refuseArguments(`npm run check:runtime

Loads the deployment packages by AWS's own runtime client, as Lambda does. Installs the client the first time, which needs
a C++ compiler and takes minutes. Exit code 1 where a package can't be loaded.
`);
const client = clientModule(ROOT) ?? (await installClient());
const packages = JSON.parse(
  execFileSync(process.execPath, ['packaging/package.ts'], { cwd: ROOT, encoding: 'utf8' }),
) as Record<string, string>;
for (const [name, zip] of Object.entries(packages)) {
  const folder = await unpack(join(ROOT, zip));
  const loaded = await loadByClient(client, folder, ENVIRONMENT);
  await rm(folder, { recursive: true, force: true });
  console.log(loaded.kind === 'ready' ? `✔ ${name} (${loaded.ms} ms)` : `✖ ${name}: ${loaded.message}`);
  if (loaded.kind === 'failed') process.exitCode = 1;
}
