import { DETECTORS } from '../../../shared/mask/index.ts';
import { readCorpus } from './corpus.ts';
import { f2, precision, recall, type Score, scoreCases } from './score.ts';

/** `npm run eval`: how detection fares on the labelled corpus, by entity. `--faults` lists what went wrong. */
const cases = readCorpus();
const { scores, faults } = scoreCases(cases);
const negatives = cases.filter((each) => each.negative !== undefined).length;

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
const figure = (value: number) => value.toFixed(3);
const total: Score = { entity: 'all', hits: 0, misses: 0, alarms: 0 };

let table = row(['entity', 'cases', 'recall', 'precision', 'F2']) + row(['---', '---:', '---:', '---:', '---:']);
for (const { name } of DETECTORS) {
  const score = scores.get(name) ?? { entity: name, hits: 0, misses: 0, alarms: 0 };
  total.hits += score.hits;
  total.misses += score.misses;
  total.alarms += score.alarms;
  table += row([
    name,
    String(score.hits + score.misses),
    figure(recall(score)),
    figure(precision(score)),
    figure(f2(score)),
  ]);
}
table += row([
  '**all**',
  String(total.hits + total.misses),
  figure(recall(total)),
  figure(precision(total)),
  figure(f2(total)),
]);
process.stdout.write(
  `${cases.length} cases, ${negatives} of them with nothing to find. Spans count as found at an IoU of 0.9.\n\n${table}`,
);
if (process.argv.includes('--faults')) process.stdout.write(`\n${faults.join('\n')}\n`);
