import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../local/input/failure.ts';
import { DamagedInput } from '../../../local/input/gunzip.ts';
import { type OpenInput, openInput } from '../../../local/input/open.ts';
import { temporaryFolder } from '../../factories/temporary-folder.ts';

const folder = temporaryFolder('input');

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function contentOf(input: OpenInput): Promise<{ text: string; error: unknown }> {
  const parts: Buffer[] = [];
  try {
    for await (const chunk of input.content()) parts.push(Buffer.from(chunk));
    return { text: Buffer.concat(parts).toString(), error: undefined };
  } catch (error) {
    return { text: Buffer.concat(parts).toString(), error };
  } finally {
    await input.close();
  }
}

const read = async (path: string) => contentOf(await openInput(path));

describe('opening an input', () => {
  it('says what is wrong with what cannot be read', async () => {
    await expect(openInput(join(folder, 'none'))).rejects.toThrow(/none: there is no such file/);
    await expect(openInput(folder)).rejects.toThrow(/it is a folder/);
    await expect(openInput(file('empty', ''))).rejects.toThrow(/the file is empty/);
    await expect(openInput(file('utf16', Buffer.from('\ufeffhello', 'utf16le')))).rejects.toThrow(/UTF-16/);
    await expect(openInput(join(folder, 'none'))).rejects.toBeInstanceOf(UsageError);
  });

  it('reads plain text, dropping a byte order mark', async () => {
    expect(await read(file('plain', 'one\ntwo\n'))).toEqual({ text: 'one\ntwo\n', error: undefined });
    expect((await read(file('bom', '\ufeffone\n'))).text).toBe('one\n');
    expect((await read(file('two', 'ab'))).text).toBe('ab');
    expect((await read(file('one', 'a'))).text).toBe('a');
  });

  it('reads gzip whatever it is called, with any number of members', async () => {
    const members = Buffer.concat([gzipSync('one\n'), gzipSync(Buffer.alloc(300_000, 'x')), gzipSync('\nthree')]);
    expect((await read(file('members.txt', members))).text).toBe(`one\n${'x'.repeat(300_000)}\nthree`);
  });

  it('hands on everything before the damage, and says where it is', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} ${Math.sin(i)}\n`).join('');
    const packed = gzipSync(lines);
    const cut = await read(file('cut.gz', packed.subarray(0, packed.length / 2)));
    expect(cut.error).toBeInstanceOf(DamagedInput);
    expect(String(cut.error)).toMatch(/cut\.gz is damaged: the gzip is cut off \(at about byte \d+\)/);
    expect(cut.text.length).toBeGreaterThan(lines.length / 3);
    expect(lines.startsWith(cut.text)).toBe(true);

    const bad = Buffer.from(packed);
    const half = Math.floor(packed.length / 2);
    bad.fill(0xff, half, half + 200);
    const broken = await read(file('bad.gz', bad));
    expect(broken.error).toBeInstanceOf(DamagedInput);
    expect(broken.text.length).toBeGreaterThan(0);

    const trailing = await read(file('trailing.gz', Buffer.concat([gzipSync('whole\n'), Buffer.from('junk')])));
    expect(trailing.error).toBeInstanceOf(DamagedInput);
    expect(trailing.text).toBe('whole\n');
  });

  it('warns of binary content and still reads it', async () => {
    const input = await openInput(file('binary', Buffer.from([1, 2, 0, 255, 10, 7])));
    expect(input.warnings[0]).toMatch(/looks binary/);
    await input.close();
  });

  it('counts the bytes read as they are on disk', async () => {
    const packed = gzipSync(Buffer.alloc(100_000, 'x'));
    const input = await openInput(file('counted.gz', packed));
    await contentOf(input);
    expect(input.bytesRead()).toBe(packed.length);
    expect(input.size).toBe(packed.length);
  });

  it('reads standard input', async () => {
    async function* stdin(): AsyncGenerator<Buffer> {
      yield Buffer.from('o');
      yield Buffer.from('ne\n');
    }
    expect((await contentOf(await openInput('-', stdin()))).text).toBe('one\n');
    async function* nothing(): AsyncGenerator<Buffer> {}
    await expect(openInput('-', nothing())).rejects.toThrow(/standard input is empty/);
  });
});
