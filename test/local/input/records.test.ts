import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openInput } from '../../../local/input/open.ts';
import { inputRecords } from '../../../local/input/records.ts';
import { keepRefusedLines } from '../../../local/input/refused.ts';
import { temporaryFolder } from '../../factories/temporary-folder.ts';

async function read(content: string | Buffer, mostBytes = 1_048_576) {
  const folder = temporaryFolder('records');
  const path = join(folder, 'input');
  writeFileSync(path, content);
  const refused = keepRefusedLines(join(folder, 'refused'));
  const input = await openInput(path);
  const records = inputRecords(input, { rows: 'line', mostBytes, refused });
  const texts: string[] = [];
  for await (const batch of records.batches()) texts.push(...batch.map(({ data }) => data.toString()));
  await input.close();
  return { texts, figures: records.figures, refused };
}

describe('records of an input', () => {
  it('are its lines, byte for byte, without the blank ones', async () => {
    const { texts, figures, refused } = await read('{"a": 1.0}\n\n  \t\r\n{"b":2}\r\nlast');
    expect(texts).toEqual(['{"a": 1.0}', '{"b":2}', 'last']);
    expect(figures).toMatchObject({ records: 3, blank: 2, damage: undefined });
    expect(figures.first.map(String)).toEqual(texts);
    expect(existsSync(refused.folder)).toBe(false);
  });

  it('leave lines that are too long in a folder, whole, with a list of them', async () => {
    const long = 'y'.repeat(200_000);
    const { texts, figures, refused } = await read(`a\n${long}\nb\n${long}z\n`, 1_024);
    expect(texts).toEqual(['a', 'b']);
    expect(figures.records).toBe(2);
    expect(refused.counts()).toEqual({ 'too-long': 2, 'cut-off': 0 });
    const list = readFileSync(join(refused.folder, 'refused.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(list).toEqual([
      { line: 2, why: 'too-long', bytes: 200_000, sha256: digest(long), file: 'line-000000002' },
      { line: 4, why: 'too-long', bytes: 200_001, sha256: digest(`${long}z`), file: 'line-000000004' },
    ]);
    expect(readFileSync(join(refused.folder, 'line-000000002'), 'utf8')).toBe(long);
  });

  it('end where the input is damaged, saying so', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `${i} ${Math.cos(i)}\n`).join('');
    const packed = gzipSync(lines);
    const { texts, figures, refused } = await read(packed.subarray(0, packed.length - 1_000));
    expect(figures.damage).toMatch(/cut off/);
    expect(texts.length).toBeGreaterThan(8_000);
    expect(lines.startsWith(`${texts.join('\n')}\n`)).toBe(true);
    expect(refused.counts()['cut-off']).toBe(1);
  });
});

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
