import { availableParallelism } from 'node:os';
import { templateFaults } from './check/check.ts';
import { allChoices } from './check/combinations.ts';
import { type Choice, compileTemplate, describeChoice, ROOT } from './check/compile.ts';
import { parameterFaults } from './check/parameters.ts';
import type { Template } from './check/template.ts';
import { refuseArguments } from './usage.ts';

/**
 * `npm run check:template`: compiles the template for each choice of parameters that matters, and holds it to the
 * CloudFormation schema, to references, actions and metrics that exist, and to the docs. Exit code 1 where it fails.
 */
refuseArguments(`npm run check:template

Compiles the template for each choice of parameters that matters, and holds it to the CloudFormation schema, to references,
actions, metrics and Firehose's limits that exist, and to the docs. Exit code 1 where it fails.
`);
const started = performance.now();
let faulty = 0;

function report(what: string, faults: readonly string[], note = ''): void {
  console.log(`${faults.length === 0 ? '✔' : '✖'} ${what}${note}`);
  for (const fault of faults) console.log(`    ${fault}`);
  if (faults.length > 0) faulty++;
}

/** Reports a choice when its turn has come: templates are compiled several at a time. */
async function check(choice: Choice, compiling: Promise<Template>): Promise<void> {
  try {
    const template = await compiling;
    const resources = Object.keys(template.Resources).length;
    report(describeChoice(choice), templateFaults(template), ` (${resources} resources)`);
  } catch (cause) {
    report(describeChoice(choice), [cause instanceof Error ? cause.message : String(cause)]);
  }
}

const choices = allChoices();
report('parameters', parameterFaults(ROOT));
const ahead = Math.max(2, availableParallelism());
const compiling: Promise<Template>[] = [];
for (const [index, choice] of choices.entries()) {
  while (compiling.length < Math.min(index + ahead, choices.length)) {
    const next = compileTemplate(choices[compiling.length] as Choice);
    next.catch(() => undefined);
    compiling.push(next);
  }
  await check(choice, compiling[index] as Promise<Template>);
}
console.log(`${choices.length} templates checked in ${((performance.now() - started) / 1000).toFixed(1)} s`);
process.exitCode = faulty === 0 ? 0 : 1;
