import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Refusal, type RowRule, splitLines } from '../../../local/input/lines.ts';

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function split(text: string | Buffer, { limit = 1_000, size = 7, rule = 'line' as RowRule, fail = false } = {}) {
  const refused: { number: number; why: Refusal; text: string }[] = [];
  let pieces: Buffer[] = [];
  const lines: string[] = [];
  const numbers: number[] = [];
  async function* source(): AsyncGenerator<Buffer> {
    yield* chunksOf(Buffer.from(text), size);
    if (fail) throw new Error('broken');
  }
  const sink = {
    piece: async (_number: number, bytes: Buffer) => void pieces.push(Buffer.from(bytes)),
    end: async (number: number, why: Refusal) => {
      refused.push({ number, why, text: Buffer.concat(pieces).toString() });
      pieces = [];
    },
  };
  let error: unknown;
  try {
    for await (const batch of splitLines(source(), limit, sink, rule)) {
      for (const line of batch) {
        lines.push(line.data.toString());
        numbers.push(line.number);
      }
    }
  } catch (cause) {
    error = cause;
  }
  return { lines, numbers, refused, error };
}

describe('cutting bytes into lines', () => {
  it('takes line ends of every kind, mixed, wherever the chunks break', async () => {
    const text = 'one\ntwo\r\nthree\rfour\r\n\r\nsix\n\nlast without end';
    for (let size = 1; size <= text.length; size++) {
      expect((await split(text, { size })).lines).toEqual([
        'one',
        'two',
        'three',
        'four',
        '',
        'six',
        '',
        'last without end',
      ]);
    }
  });

  it('gives the same lines for any chunking', async () => {
    const content = fc.array(fc.constantFrom('a', 'bc', '\n', '\r', '\r\n', 'é', '""', ','), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 1, max: 9 }), async (parts, size) => {
        const text = parts.join('');
        const expected = text.split(/\r\n|\r|\n/);
        if (expected.at(-1) === '') expected.pop();
        expect((await split(text, { size })).lines).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('hands a line over the limit on in pieces, whole, and goes on with the next', async () => {
    const long = 'x'.repeat(2_345);
    for (const size of [1, 10, 1_000, 5_000]) {
      const { lines, numbers, refused } = await split(`a\n${long}\nb\r\n${long}`, { limit: 100, size });
      expect(lines).toEqual(['a', 'b']);
      expect(numbers).toEqual([1, 3]);
      expect(refused).toEqual([
        { number: 2, why: 'too-long', text: long },
        { number: 4, why: 'too-long', text: long },
      ]);
    }
  });

  it('takes a line of exactly the limit', async () => {
    const line = 'x'.repeat(100);
    const { lines, refused } = await split(`${line}\n${line}y\n`, { limit: 100, size: 33 });
    expect(lines).toEqual([line]);
    expect(refused).toEqual([{ number: 2, why: 'too-long', text: `${line}y` }]);
  });

  it('hands over the unfinished line when the source breaks, then reports the break', async () => {
    const { lines, refused, error } = await split('one\ntwo\nthr', { fail: true });
    expect(lines).toEqual(['one', 'two']);
    expect(refused).toEqual([{ number: 3, why: 'cut-off', text: 'thr' }]);
    expect(error).toEqual(new Error('broken'));
  });

  it('keeps a CSV row together over line ends inside quotes', async () => {
    const text = 'a,"b\r\nc",d\n"say ""hi\n"" twice",e\r\nplain"quote,f""g\nlast,"x"';
    for (let size = 1; size <= text.length; size++) {
      expect((await split(text, { size, rule: 'csv' })).lines).toEqual([
        'a,"b\r\nc",d',
        '"say ""hi\n"" twice",e',
        'plain"quote,f""g',
        'last,"x"',
      ]);
    }
  });

  it('finds its way back after a CSV quote that is never closed', async () => {
    const { lines, refused } = await split(`a,"open\n${'b,c\n'.repeat(30)}d,e\n`, { limit: 40, size: 10, rule: 'csv' });
    expect(refused).toHaveLength(1);
    expect(refused[0]?.text.startsWith('a,"open\nb,c\n')).toBe(true);
    expect(lines.at(-1)).toBe('d,e');
    expect(lines.length).toBeGreaterThan(15);
  });
});
