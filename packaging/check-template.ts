import { templateFaults } from './check/check.ts';
import { allChoices } from './check/combinations.ts';
import { compileTemplate, describeChoice, ROOT } from './check/compile.ts';
import { parameterFaults } from './check/parameters.ts';

/**
 * `npm run check:template`: compiles the template for each choice of parameters that matters, and holds it to the
 * CloudFormation schema, to references, actions and metrics that exist, and to the docs. Exit code 1 where it fails.
 */
const started = performance.now();
let faulty = 0;

function report(what: string, faults: readonly string[], note = ''): void {
  console.log(`${faults.length === 0 ? '✔' : '✖'} ${what}${note}`);
  for (const fault of faults) console.log(`    ${fault}`);
  if (faults.length > 0) faulty++;
}

const choices = allChoices();
report('parameters', parameterFaults(ROOT));
for (const choice of choices) {
  try {
    const template = await compileTemplate(choice);
    const resources = Object.keys(template.Resources).length;
    report(describeChoice(choice), templateFaults(template), ` (${resources} resources)`);
  } catch (cause) {
    report(describeChoice(choice), [cause instanceof Error ? cause.message : String(cause)]);
  }
}
console.log(`${choices.length} templates checked in ${((performance.now() - started) / 1000).toFixed(1)} s`);
process.exitCode = faulty === 0 ? 0 : 1;
