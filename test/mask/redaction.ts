import { createTape, type JsonDocument, readDocument, selectorOf } from '../../shared/json/index.ts';
import { type DetectionOptions, type DetectorNames, maskDetected, redact } from '../../shared/mask/index.ts';
import type { Method } from '../../shared/mask/method.ts';
import { decodeUtf8, encodeUtf8 } from '../../shared/record/byte-string.ts';
import type { CompiledStep, Step, StepCompiler, StepContext } from '../../shared/record/step.ts';

/** A compiler for steps of a pipeline named `test`, which throws the faults. */
export const compiler: StepCompiler = {
  pipeline: 'test',
  selector: (path) => selectorOf(path),
  fault(message) {
    throw new Error(message);
  },
};

const context: StepContext = { record: { id: 'r', data: '' }, now: 0, batch: 0 };

function documentOf(json: string): JsonDocument {
  const document = readDocument(encodeUtf8(json), createTape());
  if ('code' in document) throw new Error(`${document.code}: ${document.message}`);
  return document;
}

/** What steps make of one document: JSON text in, JSON text out; of a failure its code and message. */
function runSteps(steps: readonly CompiledStep[]): (json: string) => string {
  return (json) => {
    const document = documentOf(json);
    for (const step of steps) {
      const outcome = step.apply(document, context);
      if (outcome?.kind === 'failed') return `${outcome.failure.code}: ${outcome.failure.message}`;
      if (outcome !== undefined) return outcome.reason;
    }
    return decodeUtf8(document.text());
  };
}

/** Compiles steps as a pipeline does, each knowing those that follow, and loads their keys. */
export async function loaded(...steps: Step[]): Promise<(json: string) => string> {
  const compiled = steps.map((step, index) => step.compile({ ...compiler, following: steps.slice(index + 1) }));
  for (const step of compiled) await step.load?.();
  return runSteps(compiled);
}

/** A detection step by itself. */
export function redactor(
  names: DetectorNames = 'all',
  method: Method = redact(),
  options: DetectionOptions = {},
): Promise<(json: string) => string> {
  return loaded(maskDetected('**', names, method, options));
}
