import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where `npm start -- --keep` says how to reach its account, for as long as it is up. */
const NAME = 'endpoint';

export function writeEndpoint(folder: string, endpoint: string): () => void {
  const path = join(folder, NAME);
  writeFileSync(path, `${endpoint}\n`);
  return () => rmSync(path, { force: true });
}

/** The endpoint of an account that is up; undefined where there is none. */
export async function readEndpoint(folder: string): Promise<string | undefined> {
  let endpoint: string;
  try {
    endpoint = readFileSync(join(folder, NAME), 'utf8').trim();
  } catch {
    return undefined;
  }
  // A run that was killed left its file.
  const answers = await fetch(endpoint).then(
    () => true,
    () => false,
  );
  return answers ? endpoint : undefined;
}
