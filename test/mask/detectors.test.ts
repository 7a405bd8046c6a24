import { describe, expect, it } from 'vitest';
import { detect } from '../../shared/mask/detection/scan.ts';
import { compileSet } from '../../shared/mask/detection/set.ts';
import { type Detector, type Example, GROUPS, tokenOf } from '../../shared/mask/detector.ts';
import { DETECTORS } from '../../shared/mask/detectors/index.ts';
import { redactor } from './redaction.ts';

const all = compileSet(DETECTORS);
const redactAll = await redactor();

/** Whether a detector finds something in an example, among all the others or alone. */
function finds(detector: Detector, example: Example): boolean {
  if (typeof example !== 'string') return redactAll(JSON.stringify(example)).includes(tokenOf(detector.name));
  return detect(example, all).spans.some((span) => all.detectors[span.detector] === detector);
}

describe.each(DETECTORS.map((detector) => [detector.name, detector] as const))('detector %s', (_name, detector) => {
  it.each(detector.examples.hits.map((hit) => [JSON.stringify(hit), hit] as const))('finds %s', (_text, hit) => {
    expect(finds(detector, hit)).toBe(true);
  });

  it.each(detector.examples.misses.map((miss) => [JSON.stringify(miss), miss] as const))(
    'passes over %s',
    (_text, miss) => {
      expect(finds(detector, miss)).toBe(false);
    },
  );

  it('finds its hits when it is the only one asked for', async () => {
    const redactOne = await redactor([detector.name]);
    for (const hit of detector.examples.hits) {
      const json = JSON.stringify(typeof hit === 'string' ? { text: hit } : hit);
      expect(redactOne(json)).toContain(tokenOf(detector.name));
    }
  });

  it('says what it finds, what it needs and what it overlooks', () => {
    expect(detector.finds.length * detector.needs.length * detector.overlooks.length).toBeGreaterThan(0);
    expect(detector.examples.hits.length).toBeGreaterThanOrEqual(2);
    expect(detector.examples.misses.length).toBeGreaterThanOrEqual(2);
  });
});

it('names each detector once, in lower case with hyphens, in a known group', () => {
  const names = DETECTORS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, group } of DETECTORS) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(GROUPS).toContain(group);
  }
});
