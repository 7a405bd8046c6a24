import { createTape, readDocument, selectorOf } from '../../shared/json/index.ts';
import { type DetectionOptions, type DetectorNames, maskDetected, redact } from '../../shared/mask/index.ts';
import type { Method } from '../../shared/mask/method.ts';
import { decodeUtf8, encodeUtf8 } from '../../shared/record/byte-string.ts';
import type { Document } from '../../shared/record/document.ts';
import type { StepCompiler, StepContext } from '../../shared/record/step.ts';

/** A compiler for one step, which throws the faults. */
export const compiler: StepCompiler = {
  pipeline: 'test',
  selector: (path) => selectorOf(path),
  fault(message) {
    throw new Error(message);
  },
};

const context: StepContext = { record: { id: 'r', data: '' }, now: 0, batch: 0 };

/** JSON text in, JSON text out: what a detection step makes of one document. A failure is given as its code. */
export function redactor(
  names: DetectorNames = 'all',
  method: Method = redact(),
  options: DetectionOptions = {},
): (json: string) => string {
  const step = maskDetected('**', names, method, options).compile(compiler);
  return (json) => {
    const document = documentOf(json);
    const outcome = step.apply(document, context);
    if (outcome === undefined) return decodeUtf8(document.text());
    return outcome.kind === 'failed' ? outcome.failure.code : outcome.reason;
  };
}

export function documentOf(json: string): Document {
  const document = readDocument(encodeUtf8(json), createTape());
  if ('code' in document) throw new Error(`${document.code}: ${document.message}`);
  return document;
}
