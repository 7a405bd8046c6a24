import { createReadStream } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { secret } from '../secret.ts';
import { createRevealer } from './reveal.ts';

const USAGE = `Reads what the mask method encrypt wrote, for those who hold the key.

  npm run --silent reveal -- --pipeline NAME [--key VARIABLE] [FILE]
  npm run --silent reveal -- --pipeline NAME [--key VARIABLE] --path PATH VALUE

  FILE      JSON or NDJSON; standard input when left out. Values in it are found by their mark and read by their path.
  --path    The path that VALUE stood at: user.email, items[*].note.
  --key     The environment variable that refers to the secret, where the values were not encrypted by KMS.
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      pipeline: { type: 'string' },
      key: { type: 'string' },
      path: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true || values.pipeline === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = values.help === true ? 0 : 2;
    return;
  }
  const key = values.key === undefined ? {} : { key: secret(values.key) };
  const revealer = createRevealer({ pipeline: values.pipeline, ...key });
  const [given] = positionals;
  if (values.path !== undefined) {
    process.stdout.write(`${await revealer.text(given ?? '', values.path)}\n`);
    return;
  }
  const input = given === undefined ? process.stdin : createReadStream(given);
  process.stdout.write(`${await revealer.documents(await readAll(input))}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 1;
});
