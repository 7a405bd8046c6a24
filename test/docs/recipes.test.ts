import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RECIPES = globSync('docs/recipes/*-*.md', { cwd: ROOT }).sort();
/** One of them each time, since a run takes seconds; all with RECIPES=all. */
const RUN = process.env.RECIPES === 'all' ? RECIPES : RECIPES.filter((file) => file.includes('ecommerce'));
const folder = mkdtempSync(join(tmpdir(), 'recipes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Step {
  readonly command: string;
  /** What the page shows below it. */
  readonly shows: readonly string[];
}

/** The commands under "On this machine", but for getting the sources and what they need. */
function stepsOf(file: string): readonly Step[] {
  const [, local = ''] = readFileSync(join(ROOT, file), 'utf8').split('## On this machine');
  const lines = (local.split('\n## ')[0] as string).split('\n').filter((line) => line.startsWith('    '));
  const steps: { command: string; shows: string[] }[] = [];
  for (const line of lines.map((each) => each.trim())) {
    if (line.startsWith('npm ') && line !== 'npm ci') steps.push({ command: line, shows: [] });
    else if (!line.startsWith('git clone')) steps.at(-1)?.shows.push(line);
  }
  return steps;
}

/** In a folder of its own, whatever the run before left. */
function withData(command: string, data: string): string {
  const [said = '', comment = ''] = command.split(/ +(?=# )/);
  return /^npm (start|run sql)/.test(said) ? `${said} --data '${data}' ${comment}` : command;
}

async function run(command: string): Promise<{ code: number | null; said: string }> {
  const child = spawn('sh', ['-c', command], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  return { code: await new Promise((resolve) => child.on('close', resolve)), said };
}

describe('what a recipe says to do on this machine', () => {
  it.each(RECIPES)('%s names pipelines and tables that there are', (file) => {
    const commands = stepsOf(file).map(({ command }) => command);
    expect(commands.length).toBeGreaterThan(1);
    const tables = globSync('resources/lake/*.yml', { cwd: ROOT }).map(
      (lake) => /^ {2}Name: (\w+)$/m.exec(readFileSync(join(ROOT, lake), 'utf8'))?.[1],
    );
    for (const command of commands) {
      const pipeline = /--pipeline (\S+)/.exec(command)?.[1];
      if (pipeline !== undefined) expect(existsSync(join(ROOT, 'pipelines', `${pipeline}.ts`)), command).toBe(true);
      const table = /\bfrom (\w+)/.exec(command)?.[1];
      if (table !== undefined) expect(tables, command).toContain(table);
    }
  });

  it.each(RUN)(
    '%s works as it stands',
    async (file) => {
      const steps = stepsOf(file);
      expect(steps.map(({ command }) => command.split(' -- ')[0])).toEqual(
        expect.arrayContaining(['npm start', 'npm run sql']),
      );
      const data = join(folder, basename(file, '.md'));
      for (const { command, shows } of steps) {
        const { code, said } = await run(withData(command, data));
        expect({ command, code, said }).toMatchObject({ code: 0 });
        if (command.startsWith('npm start')) expect(said).toMatch(/ in = .* lost 0\n/);
        if (!command.includes(' sql ')) continue;
        // The same columns, in the same order, and rows below them.
        const [heading = ''] = shows;
        const columns = heading.split(/ {2,}/);
        if (shows.some((line) => /^─/.test(line))) expect(said).toMatch(new RegExp(columns.join(' +')));
        expect(said).toMatch(/\n[1-9]\d* rows?, /);
      }
    },
    120_000,
  );
});
