import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCorpus, writeGenerated } from './corpus.ts';
import { report } from './report.ts';
import { scoreCases } from './score.ts';

/**
 * `npm run eval`: how detection fares on the labelled corpus, by entity. `--faults` lists what went wrong; `--write` keeps
 * the table in docs/reference/detection-scores.md; `--generate` writes the generated part of the corpus anew before.
 */
if (process.argv.includes('--generate')) writeGenerated();
const cases = readCorpus();
const { scores, faults } = scoreCases(cases);
const table = report(cases, scores);
process.stdout.write(table);
if (process.argv.includes('--faults')) process.stdout.write(`\n${faults.join('\n')}\n`);
if (process.argv.includes('--write')) {
  const page = `# Detection scores\n\n<!-- Made by \`npm run eval -- --write\`. -->\n\nHow \`maskDetected\` fares on the labelled corpus of test/mask/corpus.\n\n${table}`;
  writeFileSync(join(import.meta.dirname, '../../../docs/reference/detection-scores.md'), page);
}
