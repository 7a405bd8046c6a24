import { json } from '../../shared/formats/json.ts';
import { ndjson } from '../../shared/formats/ndjson.ts';
import type { PipelineDefinition } from '../../shared/pipeline/definition.ts';
import { transient } from '../../shared/record/failure.ts';
import { dropped, failed } from '../../shared/record/outcome.ts';
import type { Step } from '../../shared/record/step.ts';

/** Does what the document says: `{"drop":true}`, `{"fail":"transient"}`. */
const obey: Step = {
  name: 'obey',
  stage: 'filter',
  compile: (compiler) => {
    const drop = compiler.selector('drop');
    const fail = compiler.selector('fail');
    return {
      apply: (document) => {
        if (document.get(drop) !== undefined) return dropped('on request');
        if (document.get(fail) === undefined) return undefined;
        return failed(transient('LookupDown', 'enrich', 'lookup: the table did not answer'));
      },
    };
  },
};

/** A pipeline over JSON; only what a test says differs from a plain one. */
export function pipelineOf(definition: Partial<PipelineDefinition> = {}): PipelineDefinition {
  return { name: 'test', input: json(), steps: [obey], output: ndjson(), ...definition };
}
