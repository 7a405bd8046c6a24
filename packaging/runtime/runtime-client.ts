/** AWS's own runtime client for Node.js, and what it talks to: a Runtime API that hands out no work. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Installed beside the project rather than in it: its native part takes minutes, and a C++ compiler, to build. */
export const CLIENT_FOLDER = 'node_modules/.cache/sluice/runtime-client';
export const CLIENT = 'aws-lambda-ric@4.0.2';

/** The client's entry module; undefined where it is not installed. */
export function clientModule(root: string): string | undefined {
  const module = join(root, CLIENT_FOLDER, 'node_modules', 'aws-lambda-ric', 'index.mjs');
  return existsSync(module) ? module : undefined;
}

export type Loaded =
  | { readonly kind: 'ready'; readonly ms: number }
  | { readonly kind: 'failed'; readonly message: string };

const PATIENCE_MS = 30_000;

/** Starts a function's package as Lambda would: ready once it asks for work, failed when it reports an error or ends. */
export async function loadByClient(
  client: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Loaded> {
  const started = performance.now();
  let settle: (loaded: Loaded) => void = () => undefined;
  const loaded = new Promise<Loaded>((resolve) => {
    settle = resolve;
  });
  // https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
  const api = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      if (request.url?.endsWith('/invocation/next'))
        settle({ kind: 'ready', ms: Math.round(performance.now() - started) });
      else {
        settle({ kind: 'failed', message: body.slice(0, 2000) });
        response.writeHead(202).end();
      }
    });
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(api.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, [client], {
    cwd: folder,
    env: {
      ...environment,
      PATH: process.env.PATH ?? '',
      _HANDLER: 'index.handler',
      AWS_LAMBDA_RUNTIME_API: address,
      LAMBDA_TASK_ROOT: folder,
    },
    stdio: 'ignore',
  });
  child.on('close', (code) => settle({ kind: 'failed', message: `The process ended with code ${code}.` }));
  const late = setTimeout(() => settle({ kind: 'failed', message: 'It did not ask for work in time.' }), PATIENCE_MS);
  const result = await loaded;
  clearTimeout(late);
  child.kill('SIGKILL');
  api.closeAllConnections();
  api.close();
  return result;
}
