import { describe, expect, it } from 'vitest';
import { formats, ndjson } from '../../shared/formats/index.ts';
import type { InputFormat, OutputFormat } from '../../shared/record/format.ts';
import type { Documented } from '../../shared/record/reference.ts';
import { bytesOfExample, inWords, runThrough } from '../factories/example.ts';

type AnyFormat = Documented<readonly unknown[], InputFormat & Partial<OutputFormat>>;

describe.each(Object.entries(formats))('the reference of %s', (name, format) => {
  const { reference } = format as unknown as AnyFormat;

  it('has the name that authors write, and examples', () => {
    expect(reference.name).toBe(name);
    expect(reference.examples.length).toBeGreaterThan(0);
  });

  it.each(reference.examples.map((example) => [example.shows, example] as const))('shows %s', async (_, example) => {
    const input = (format as unknown as AnyFormat)(...example.args);
    const output = name === 'ndjson' ? (input as InputFormat & OutputFormat) : ndjson();
    const [outcome] = await runThrough({ input, output }, bytesOfExample(example.in));
    expect(inWords(outcome)).toEqual(example.out);
  });
});
