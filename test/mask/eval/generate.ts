import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateCases } from './cases.ts';
import { CORPUS } from './corpus.ts';

/** Writes the generated part of the corpus: `node test/mask/eval/generate.ts`. */
const lines = generateCases().map((each) => JSON.stringify(each));
writeFileSync(join(CORPUS, 'generated.ndjson'), `${lines.join('\n')}\n`);
process.stdout.write(`${lines.length} cases\n`);
