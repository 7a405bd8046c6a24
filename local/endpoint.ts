/**
 * An account for the length of one command: prints one JSON line with its endpoint and with the environment that the
 * template gives each function, and ends when its standard input does. `sls invoke local` works against it.
 */
import { startLocal } from './account/start-local.ts';

const [pipeline = 'clickstream'] = process.argv.slice(2);
const account = await startLocal({ pipeline, limits: false });

const environments = account.template.resources
  .filter(({ type }) => type === 'AWS::Lambda::Function')
  .map(({ properties }) => {
    const { Variables: variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, string> };
    return [String(properties.FunctionName).split('-').at(-1), variables] as const;
  });

process.stdout.write(
  `${JSON.stringify({ endpoint: account.endpoint, environments: Object.fromEntries(environments) })}\n`,
);
process.stdin.resume();
process.stdin.on('end', async () => {
  await account.stop();
  process.exit(0);
});
