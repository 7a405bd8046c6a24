import { describe, expect, it } from 'vitest';
import { filters } from '../../shared/filter/index.ts';
import type { Documented } from '../../shared/record/reference.ts';
import type { Step } from '../../shared/record/step.ts';
import { bytesOfExample, inWords, runThrough } from '../factories/example.ts';

type AnyStep = Documented<readonly unknown[], Step>;

describe.each(Object.entries(filters))('the reference of %s', (name, filter) => {
  const make = filter as unknown as AnyStep;

  it('has the name that authors write, and says what it does', () => {
    expect(make.reference.name).toBe(name);
    expect(make.reference.summary).not.toBe('');
  });

  const examples = make.reference.examples.map((example) => [example.shows, example] as const);
  it.each(examples)('shows %s', async (_, example) => {
    const [outcome] = await runThrough({ steps: [make(...example.args)] }, bytesOfExample(example.in));
    expect(inWords(outcome)).toEqual(example.out);
  });
});
