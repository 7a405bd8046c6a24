import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which rooms a room may import, besides itself and packages. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'shared/record': [],
  'shared/json': ['shared/record'],
  'shared/platform': ['shared/record'],
  'shared/formats': ['shared/record', 'shared/json', 'shared/platform'],
  'shared/filter': ['shared/record', 'shared/json', 'shared/platform'],
  'shared/mask': ['shared/record', 'shared/json', 'shared/platform'],
  'shared/enrich': ['shared/record', 'shared/json', 'shared/platform'],
  'shared/sources': ['shared/record', 'shared/json', 'shared/platform', 'shared/formats'],
  'shared/delivery': ['shared/record', 'shared/json', 'shared/platform'],
  'shared/aggregate': ['shared/record', 'shared/json', 'shared/platform'],
  'shared/pipeline': [
    'shared/record',
    'shared/json',
    'shared/platform',
    'shared/formats',
    'shared/filter',
    'shared/mask',
    'shared/enrich',
    'shared/delivery',
    'shared/aggregate',
  ],
  'shared/replay': [
    'shared/record',
    'shared/json',
    'shared/platform',
    'shared/formats',
    'shared/mask',
    'shared/sources',
    'shared/delivery',
  ],
  pipelines: ['shared/pipeline'],
  functions: ['shared/*', 'pipelines'],
  packaging: [],
};

const ROOMS = Object.keys(MAY_IMPORT);
const SOURCES = globSync('{shared,pipelines,functions,local,packaging}/**/*.ts').map((file) => normalize(file));

function roomOf(file: string): string {
  return ROOMS.find((room) => file.startsWith(`${room}/`)) ?? file.split('/')[0] ?? '';
}

/** Every import of a project file, as [file, imported file]. */
function projectImports(): readonly (readonly [string, string])[] {
  return SOURCES.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
    return targets.map((target) => [file, normalize(join(dirname(file), target))] as const);
  });
}

function allowed(from: string, to: string): boolean {
  if (from === to) return true;
  if (from === 'local') return to === 'packaging';
  const rules = MAY_IMPORT[from] ?? [];
  return rules.includes(to) || (rules.includes('shared/*') && to.startsWith('shared/'));
}

describe('the direction of imports', () => {
  it('has a rule for every room of shared/', () => {
    const rooms = new Set(
      SOURCES.filter((file) => file.startsWith('shared/')).map((file) => file.split('/').slice(0, 2).join('/')),
    );
    expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  it('never goes up, sideways, or between the suite and the local account', () => {
    const wrong = projectImports().filter(([from, to]) => !allowed(roomOf(from), roomOf(to)));
    expect(wrong.map(([from, to]) => `${from} imports ${to}`)).toEqual([]);
  });

  it('reads process.env in shared/ only in settings.ts', () => {
    const readers = SOURCES.filter((file) => /^(shared|pipelines|functions)\//.test(file)).filter((file) =>
      /process\s*\.\s*env/.test(readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')),
    );
    expect(readers).toEqual(['shared/platform/settings.ts']);
  });
});
