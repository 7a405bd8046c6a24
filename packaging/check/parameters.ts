/** Holds parameters to their use, and to the docs' table of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './template.ts';

/** The parameters that `params.default` of serverless.yml declares. */
export function declaredParameters(root: string): readonly string[] {
  const lines = readFileSync(join(root, 'serverless.yml'), 'utf8').split('\n');
  const from = lines.indexOf('  default:') + 1;
  const end = lines.findIndex((line, index) => index >= from && /^ {0,2}\S/.test(line));
  return lines.slice(from, end).flatMap((line) => /^ {4}(\w+):/.exec(line)?.[1] ?? []);
}

export function parameterFaults(root: string): readonly Fault[] {
  const declared = new Set(declaredParameters(root));
  const used = new Map<string, string>();
  for (const file of sources(root)) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:['{]param|choices\.cjs\)):(\w+)/g)) used.set(name, file);
  }
  const documented = readFileSync(join(root, 'docs/reference/parameters.md'), 'utf8');
  return [
    ...[...used]
      .filter(([name]) => !declared.has(name))
      .map(([name, file]) => `${file}: there is no parameter ${name}`),
    ...[...declared]
      .filter((name) => !used.has(name))
      .map((name) => `serverless.yml: nothing uses the parameter ${name}`),
    ...[...declared]
      .filter((name) => !isDocumented(documented, name))
      .map((name) => `docs/reference/parameters.md: ${name} is missing, or says nothing (npm run docs)`),
  ];
}

/** A row with its default, and with words. */
function isDocumented(table: string, name: string): boolean {
  return new RegExp(`^\\| \`${name}\` \\| .+ \\| [^|\\s][^|]* \\|$`, 'm').test(table);
}

function sources(root: string): readonly string[] {
  const resources = readdirSync(join(root, 'resources'), { recursive: true, encoding: 'utf8' });
  return [
    'serverless.yml',
    ...resources.filter((file) => /\.(yml|cjs)$/.test(file)).map((file) => `resources/${file}`),
  ];
}
