/**
 * An account that stays up: prints one JSON line with its endpoint and with the environment that the template gives each
 * function.
 *
 *   node local/endpoint.ts --empty --port N   with nothing in it, until it is stopped: what `sls deploy` deploys to
 *   node local/endpoint.ts [pipeline]         with the stack of serverless.yml in it, for as long as standard input is
 *                                             open: `sls invoke local` works against it, and is not outlived by it
 */
import { parseArgs } from 'node:util';
import { type LocalAccount, startLocal } from './account/start-local.ts';

const HELP = `npm run account [-- --port N]

An empty AWS account on this machine, until it is stopped: what \`sls deploy\` deploys to, with
AWS_ENDPOINT_URL=http://127.0.0.1:4566. See docs/recipes/README.md.
`;

function refuse(cause: unknown): never {
  process.stderr.write(`${(cause as Error).message}\n`);
  process.exit(2);
}

function readOptions(): { readonly empty: boolean; readonly port: number | undefined; readonly pipeline: string } {
  const { values, positionals } = parseArgs({
    options: { empty: { type: 'boolean' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new Error(`--port ${values.port}: a whole number from 0 to 65,535 is needed`);
  }
  return { empty: values.empty ?? false, port, pipeline: positionals[0] ?? 'clickstream' };
}

async function open(): Promise<LocalAccount> {
  const { empty, port, pipeline } = readOptions();
  const account = await startLocal({ ...(port !== undefined && { port }), ...(empty ? { empty } : { pipeline }) });
  if (!empty) process.stdin.resume().on('end', () => void end());
  return account;
}

const account = await open().catch(refuse);

const environments = account.template.resources
  .filter(({ type }) => type === 'AWS::Lambda::Function')
  .map(({ properties }) => {
    const { Variables: variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, string> };
    return [String(properties.FunctionName).split('-').at(-1), variables] as const;
  });

async function end(): Promise<void> {
  await account.stop();
  process.exit(0);
}

process.stdout.write(
  `${JSON.stringify({ endpoint: account.endpoint, environments: Object.fromEntries(environments) })}\n`,
);
process.on('SIGINT', end);
process.on('SIGTERM', end);
