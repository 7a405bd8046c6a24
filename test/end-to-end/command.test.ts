import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start -- …args`; `whileRunning` may watch and interrupt it. */
async function start(args: readonly string[], whileRunning?: (child: ChildProcess) => void): Promise<Ended> {
  const child = spawn(process.execPath, ['local/start.ts', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  whileRunning?.(child);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

const path = (name: string): string => join(folder, name);

/** Until the run has taken its data folder. */
async function whenTaken(data: string): Promise<void> {
  while (!existsSync(join(data, 'lock'))) await sleep(20);
}

/** Until functions have written to tables, beyond what makes them: by then hundreds of records went in, and many went on. */
async function whenGoing(data: string): Promise<void> {
  const tables = join(data, 'dynamodb');
  const written = (): number =>
    readdirSync(tables).reduce(
      (sum, name) => sum + (statSync(join(tables, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  while (!existsSync(tables) || written() < 16 * 1024) await sleep(20);
}

describe('npm start', () => {
  it('says in one line what it can’t do, and exits 2', async () => {
    writeFileSync(path('empty.json'), '');
    writeFileSync(path('thesis.txt'), '');
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.on('listening', resolve));
    const { port } = server.address() as { port: number };
    const answers = await Promise.all([
      start(['--input', path('none.json')]),
      start(['--input', path('empty.json')]),
      start(['--speed', '9']),
      start(['--data', folder]),
      start(['--report', path('no/such/report.json'), '--data', path('d0')]),
      start(['--port', String(port), '--data', path('d1')]),
    ]);
    server.close();
    const said = answers.map(({ stderr }) => stderr.trim());
    expect(answers.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(said[0]).toMatch(/^--input .*none\.json: there is no such file$/);
    expect(said[1]).toMatch(/^--input .*empty\.json: the file is empty$/);
    expect(said[2]).toMatch(/^Unknown option '--speed'.*--help/);
    expect(said[3]).toMatch(/holds files that no run made/);
    expect(said[4]).toMatch(/^--report .*report\.json: there is no such folder/);
    expect(said[5]).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is already in use`));
    expect(answers.map(({ stdout }) => stdout).join('')).toBe('');
    expect(existsSync(path('thesis.txt'))).toBe(true);
  }, 60_000);

  it('reads standard input, writes the report as JSON, and is quiet where there is no terminal', async () => {
    const args = ['--input', '-', '--pipeline', 'redact', '--report', path('report.json'), '--data', path('d2')];
    const { code, stdout, stderr } = await start(args, (child) => child.stdin?.end('{"a":1}\r\n{"b":"x@example.com"}'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/before {2}\{"b":"x@example\.com"\}\n +after {3}\{"b":"\[EMAIL\]"\}/);
    expect(stdout).toMatch(/2 in = 2 delivered \+ 0 dropped \+ 0 quarantined, lost 0\n$/);
    const { functions, ...report } = JSON.parse(readFileSync(path('report.json'), 'utf8'));
    expect(report).toMatchObject({
      in: 2,
      delivered: 2,
      dropped: 0,
      failed: 0,
      replayed: 0,
      quarantined: 0,
      lost: 0,
      duplicates: 0,
    });
    expect(functions.firehoseTransform.invocations).toBe(1);
  }, 60_000);

  it('leaves what was delivered when it is interrupted, and the next run starts clean', async () => {
    const data = path('d3');
    const args = ['--events', '1000000', '--logs', '0', '--rate', '1000', '--data', data];
    const meanwhile = { refused: '' };
    const interrupted = await start(args, (child) => {
      void whenTaken(data).then(async () => {
        const [refused] = await Promise.all([start(['--events', '5', '--data', data]), whenGoing(data)]);
        meanwhile.refused = refused.stderr;
        child.kill('SIGINT');
      });
    });
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain('Interrupted: what was sent is being delivered');
    expect(meanwhile.refused).toMatch(/is in use by another run \(process \d+\)/);
    const [, came = '', delivered = ''] =
      /\n([\d,]+) in = ([\d,]+) delivered .* lost 0\n$/.exec(interrupted.stdout) ?? [];
    const inLake = Number(delivered.replaceAll(',', ''));
    expect(Number(came.replaceAll(',', ''))).toBeGreaterThanOrEqual(inLake);
    expect(inLake).toBeGreaterThan(0);
    const objects = () => readdirSync(join(data, 's3', 'sluice-local-lake-000000000000'), { recursive: true });
    expect(objects().some((name) => String(name).endsWith('.parquet'))).toBe(true);

    const again = await start(['--events', '20', '--logs', '0', '--data', data]);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/\n20 in = \d+ delivered \+ \d dropped \+ \d quarantined, lost 0\n$/);
  }, 60_000);

  it('stays up as an endpoint when asked', async () => {
    const names: (readonly string[])[] = [];
    const args = ['--events', '20', '--logs', '0', '--keep', '--data', path('d4')];
    const { code, stdout } = await start(args, (child) => {
      child.stdout?.on('data', async (text: string) => {
        const endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(text)?.[1];
        if (endpoint === undefined) return;
        const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
        const client = new KinesisClient({ endpoint, region: 'us-east-1', credentials });
        names.push((await client.send(new ListStreamsCommand({}))).StreamNames ?? []);
        client.destroy();
        child.kill('SIGINT');
      });
    });
    expect(stdout).toContain('stays up at http://127.0.0.1:');
    expect(names).toEqual([['sluice-local-events']]);
    expect(code).toBe(0);
  }, 60_000);
});
