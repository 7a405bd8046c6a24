import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../../shared/sources/failures/entries.ts';
import { inChunks } from '../../factories/dead-letter.ts';

async function cut(text: string, size?: number): Promise<readonly string[]> {
  const entries = await Array.fromAsync(entriesOf(inChunks(text, size)));
  return entries.map(({ bytes, value }) => (value === undefined ? `line ${bytes}` : JSON.stringify(value)));
}

describe('what was written into an object', () => {
  it.each([
    ['values of one line', '{"a":1}{"a":2} {"a":3}\n', ['{"a":1}', '{"a":2}', '{"a":3}']],
    ['a value of several lines', '{\n  "a": [\n    1\n  ]\n}\n{"b":2}\n', ['{"a":[1]}', '{"b":2}']],
    ['braces and quotes within strings', '{"a":"}\\"{"}{"b":"\\\\"}', ['{"a":"}\\"{"}', '{"b":"\\\\"}']],
    [
      'lines of anything else',
      'GET /a\n{braces} in a log\n[1]\n',
      ['line GET /a', 'line {braces} in a log', 'line [1]'],
    ],
    ['a value that breaks off, and what follows', '{"a":\n{"b":2}\n', ['line {"a":', '{"b":2}']],
    ['a string that breaks off', '{"a":"x\n{"b":2}\n', ['line {"a":"x', '{"b":2}']],
    ['a value and half of another', '{"a":1}{"b":\n', ['{"a":1}', 'line {"b":']],
    ['half a value at the end', '{"a":1}\n{"b":', ['{"a":1}', 'line {"b":']],
    ['what is not JSON though it looks so', '{"a" 1}\n', ['line {"a" 1}']],
    ['something behind a value', '{"a":1},\n{"b":2}\n', ['line {"a":1},', '{"b":2}']],
    ['nothing', '\n \n\t\r\n', []],
  ])('%s', async (_, text, expected) => {
    expect(await cut(text)).toEqual(expected);
  });

  it('is the same however it is laid out, and in whatever chunks it comes', async () => {
    const documents = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 6 });
    const between = fc.constantFrom('', '\n', ' ', '\r\n');
    const property = fc.asyncProperty(
      documents,
      between,
      fc.nat(3),
      fc.integer({ min: 1, max: 50 }),
      async (all, space, indent, size) => {
        // Values that stand on lines of their own may have lines in them.
        const texts = all.map((one) => JSON.stringify(one, null, space === '\n' ? indent : 0));
        expect(await cut(texts.join(space), size)).toEqual(
          all.map((one) => JSON.stringify(JSON.parse(JSON.stringify(one)))),
        );
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});
