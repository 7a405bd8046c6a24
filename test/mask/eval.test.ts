import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../shared/mask/detectors/index.ts';
import { generateCases } from './eval/cases.ts';
import { readCorpus } from './eval/corpus.ts';
import { report } from './eval/report.ts';
import { precision, recall, type Score, scoreCases } from './eval/score.ts';

/** Recall and precision that each entity must reach. */
interface Bar {
  readonly recall: number;
  readonly precision: number;
}

const CHECKED: Bar = { recall: 0.99, precision: 0.99 };
const SHAPED: Bar = { recall: 0.99, precision: 0.98 };
const PHONE: Bar = { recall: 0.95, precision: 0.95 };

function barOf(entity: string): Bar {
  if (entity === 'phone') return PHONE;
  const { group } = DETECTORS.find(({ name }) => name === entity)!;
  return ['email', 'ip', 'jwt'].includes(entity) || group === 'credentials' ? SHAPED : CHECKED;
}

function belowTheirBars(scores: ReadonlyMap<string, Score>): string[] {
  return [...scores.values()]
    .filter((score) => recall(score) < barOf(score.entity).recall || precision(score) < barOf(score.entity).precision)
    .map((score) => `${score.entity}: recall ${recall(score)}, precision ${precision(score)}`);
}

describe('detection on the labelled corpus', () => {
  const cases = readCorpus();
  let scored: ReturnType<typeof scoreCases> | undefined;
  const scoreCorpus = () => (scored ??= scoreCases(cases));

  it('has 3,000 cases and more, 1,200 of them with nothing to find, and some of every entity', () => {
    expect(cases.length).toBeGreaterThanOrEqual(3000);
    expect(cases.filter((each) => each.negative !== undefined).length).toBeGreaterThanOrEqual(1200);
    const text = cases.map((each) => each.text).join('\n');
    for (const { name } of DETECTORS) expect(text).toContain(`⟦${name}:`);
  });

  it('reaches the bar for every entity', () => {
    const { scores, faults } = scoreCorpus();
    expect(belowTheirBars(scores), faults.join('\n')).toEqual([]);
  });

  it('is kept in docs/reference as it is now', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/reference/detection-scores.md'), 'utf8');
    expect(page).toContain(report(cases, scoreCorpus().scores));
  });

  it.each([11, 12])('reaches it on cases nobody has seen: seed %i', (seed) => {
    const { scores, faults } = scoreCases(generateCases(seed));
    expect(belowTheirBars(scores), faults.join('\n')).toEqual([]);
  });

  it('is scored by something that can tell a miss, a false alarm and a wrong extent', () => {
    const nothing = scoreCases([{ path: ['m'], text: '⟦card:4111111111111111⟧' }], (json) => json);
    expect(nothing.scores.get('card')).toMatchObject({ hits: 0, misses: 1, alarms: 0 });
    const everything = scoreCases([{ path: ['m'], text: 'plain', negative: 'text' }], () => '{"m":"⟦email:plain⟧"}');
    expect(everything.scores.get('email')).toMatchObject({ hits: 0, misses: 0, alarms: 1 });
    const half = scoreCases(
      [{ path: ['m'], text: '⟦card:4111111111111111⟧' }],
      () => '{"m":"⟦card:41111111⟧11111111"}',
    );
    expect(half.scores.get('card')).toMatchObject({ hits: 0, misses: 1, alarms: 1 });
  });
});
