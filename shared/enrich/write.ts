import type { Document, JsonText, Selector } from '../record/document.ts';
import { permanent } from '../record/failure.ts';
import { type Failed, failed } from '../record/outcome.ts';

/** Puts a value at a step's `to`, or fails the record where something that is no object stands in the way. */
export function write(document: Document, to: Selector, json: JsonText, step: string): Failed | undefined {
  if (document.set(to, json)) return undefined;
  return failed(permanent('CannotWrite', 'enrich', `${step}: there is no object to hold ${to.path}`));
}
