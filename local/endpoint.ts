/**
 * An account for as long as standard input is open: prints one JSON line with its endpoint and with the environment that
 * the template gives each function. `sls invoke local` works against it.
 *
 *   node local/endpoint.ts [pipeline]         with the stack of serverless.yml in it
 *   node local/endpoint.ts --empty --port N   with nothing in it: what `sls deploy` deploys to
 */
import { parseArgs } from 'node:util';
import { startLocal } from './account/start-local.ts';

const { values, positionals } = parseArgs({
  options: { empty: { type: 'boolean' }, port: { type: 'string' } },
  allowPositionals: true,
});
const account = await startLocal({
  limits: false,
  ...(values.port !== undefined && { port: Number(values.port) }),
  ...(values.empty ? { empty: true } : { pipeline: positionals[0] ?? 'clickstream' }),
});

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
process.stdin.resume();
process.stdin.on('end', end);
process.on('SIGINT', end);
process.on('SIGTERM', end);
