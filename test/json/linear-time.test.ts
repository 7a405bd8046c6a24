import { describe, expect, it } from 'vitest';
import { createTape, readDocuments, selectorOf } from '../../shared/json/index.ts';
import { documentOf } from '../factories/document.ts';
import { processorMs } from '../factories/processor-time.ts';

/** The processor time that `run` takes at best, in milliseconds, or the first that is less than `enough`. */
function bestOf(times: number, run: () => unknown, enough = 0): number {
  let best = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times && best >= enough; time++) {
    best = Math.min(best, processorMs(run));
  }
  return best;
}

/** Eight times the size may take eight times the time, and twice as much again for noise; quadratic would be 64. */
function expectLinear(run: (size: number) => unknown, size: number): void {
  const small = bestOf(8, () => run(size));
  const limit = small * 24 + 10;
  const large = bestOf(4, () => run(size * 8), limit);
  expect(large).toBeLessThan(limit);
}

/** Reads a text, fails included, on a tape of its own. */
function read(text: string): void {
  readDocuments(text, createTape(), []);
}

describe('time grows linearly with', () => {
  it.each<readonly [string, (size: number) => string]>([
    [
      'nested arrays, to the bound again and again',
      (size) => `${'['.repeat(500)}${']'.repeat(500)}\n`.repeat(size / 1000),
    ],
    ['nesting that never ends', (size) => '['.repeat(size)],
    ['nested objects that never end', (size) => '{"a":'.repeat(size / 5)],
    ['siblings', (size) => `[${'[],'.repeat(size / 3)}[]]`],
    ['numbers in an array', (size) => `[${'1,'.repeat(size / 2)}1]`],
    ['backslashes', (size) => `"${'\\\\'.repeat(size / 2)}"`],
    ['backslashes without an end', (size) => `"${'\\'.repeat(size)}`],
    ['escaped quotes', (size) => `"${'\\"'.repeat(size / 2)}"`],
    ['unicode escapes', (size) => `"${'\\u0041'.repeat(size / 6)}"`],
    ['a string without an end', (size) => `"${'a'.repeat(size)}`],
    ['bytes beyond ASCII', (size) => `"${'\xc3\xa9'.repeat(size / 2)}"`],
    ['digits of one number', (size) => '9'.repeat(size)],
    ['digits of a fraction', (size) => `0.${'9'.repeat(size)}`],
    ['digits of an exponent', (size) => `1e${'9'.repeat(size)}`],
    ['white space', (size) => ' '.repeat(size)],
    ['white space between tokens', (size) => `[1${' '.repeat(size / 2)},${' '.repeat(size / 2)}2]`],
    ['different keys', (size) => `{${Array.from({ length: size / 16 }, (_, index) => `"k${index}":1`).join(',')}}`],
    ['the same key', (size) => `{${Array.from({ length: size / 8 }, () => '"key":1').join(',')}}`],
    ['long keys', (size) => `{"${'k'.repeat(size)}":1}`],
    [
      'keys with escapes',
      (size) => `{${Array.from({ length: size / 16 }, (_, index) => `"\\u006b${index}":1`).join(',')}}`,
    ],
    ['documents', (size) => '{}'.repeat(size / 2)],
    ['blank lines', (size) => '\r\n'.repeat(size / 2)],
  ])('%s', (_, make) => {
    const texts = new Map<number, string>();
    const textOf = (size: number) => {
      if (!texts.has(size)) texts.set(size, Buffer.from(make(size), 'latin1').toString('latin1'));
      return texts.get(size)!;
    };
    expectLinear((size) => read(textOf(size)), 64 * 1024);
  });

  const members = (size: number) => `{${Array.from({ length: size }, (_, index) => `"k${index}":"v"`).join(',')}}`;
  const elements = (size: number) => `[${Array.from({ length: size }, () => '{"a":"v","b":[1,2]}').join(',')}]`;

  it.each<readonly [string, (size: number) => void]>([
    [
      'values that are removed',
      (size) => {
        const document = documentOf(`[${'1,'.repeat(size)}1]`);
        document.each(selectorOf('*'), (node) => node.remove());
        expect(document.text()).toBe('[]');
      },
    ],
    [
      'members that are removed, here and there',
      (size) => {
        const document = documentOf(elements(size / 4));
        document.each(selectorOf('**.a'), (node) => node.remove());
        document.each(selectorOf('**[1]'), (node) => node.remove());
        expect(document.text().length).toBeGreaterThan(size);
      },
    ],
    [
      'values that are replaced',
      (size) => {
        const document = documentOf(members(size));
        document.each(selectorOf('**'), (node) => (node.kind === 'string' ? node.replace('"masked"') : undefined));
        expect(document.text().length).toBeGreaterThan(size * 8);
      },
    ],
    [
      'values that are replaced by several steps, seen from each other',
      (size) => {
        const document = documentOf(elements(size / 4));
        document.each(selectorOf('**.a'), (node) => node.replace('{"b":1}'));
        document.each(selectorOf('**.b'), (node) => node.replace('{"c":"x"}'));
        document.each(selectorOf('**.c'), (node) => node.settle('"y"'));
        expect(document.text()).toContain('{"a":{"b":{"c":"y"}},"b":{"c":"x"}}'.replace('"x"', '"y"'));
      },
    ],
    [
      'keys that are renamed',
      (size) => {
        const document = documentOf(members(size));
        document.each(selectorOf('*'), (node) => node.rename('"k"'));
        expect(document.text().length).toBeGreaterThan(size * 7);
      },
    ],
  ])('%s', (_, run) => {
    expectLinear(run, 4 * 1024);
  });

  it('a record of 10 MiB: it is read in well under a second', () => {
    const text = Buffer.from(`[${'{"id":12345,"name":"somebody","tags":["a","b"]},'.repeat(200_000)}0]`).toString(
      'latin1',
    );
    expect(text.length).toBeGreaterThan(9e6);
    expect(bestOf(1, () => read(text))).toBeLessThan(2000);
  });

  it('values up to a bound, which a hostile record does not cross', () => {
    const documents: Parameters<typeof readDocuments>[2] = [];
    expect(readDocuments(`[${'0,'.repeat(2_000_001)}0]`, createTape(), documents)?.code).toBe('TooManyValues');
    const several = `[${'0,'.repeat(700_000)}0]`.repeat(3);
    expect(readDocuments(several, createTape(), documents)).toMatchObject({ code: 'TooManyValues', document: 2 });
    expect(readDocuments('{}'.repeat(200_001), createTape(), [])?.code).toBe('TooManyDocuments');
  });
});
