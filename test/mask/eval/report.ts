import { DETECTORS } from '../../../shared/mask/detectors/index.ts';
import type { Case } from './cases.ts';
import { f2, precision, recall, type Score } from './score.ts';

/** How detection fares on the corpus, by entity, as Markdown. */
export function report(cases: readonly Case[], scores: ReadonlyMap<string, Score>): string {
  const total: Score = { entity: '**all**', hits: 0, misses: 0, alarms: 0 };
  const rows = DETECTORS.map(({ name }) => {
    const score = scores.get(name) ?? { entity: name, hits: 0, misses: 0, alarms: 0 };
    total.hits += score.hits;
    total.misses += score.misses;
    total.alarms += score.alarms;
    return rowOf(score);
  });
  const negatives = cases.filter((each) => each.negative !== undefined).length;
  const head = '| entity | cases | recall | precision | F2 |\n| --- | ---: | ---: | ---: | ---: |\n';
  const summary = `${cases.length} cases, ${negatives} of them with nothing to find. A find counts where it is of the right entity and at an IoU of 0.9 or more with what is labelled. F2 weighs recall twice.`;
  return `${summary}\n\n${head}${[...rows, rowOf(total)].join('')}`;
}

function rowOf(score: Score): string {
  const figures = [recall(score), precision(score), f2(score)].map((value) => value.toFixed(3));
  return `| ${[score.entity, score.hits + score.misses, ...figures].join(' | ')} |\n`;
}
