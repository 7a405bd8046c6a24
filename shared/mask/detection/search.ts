import type { Edit } from '../edit.ts';
import type { Span } from './finding.ts';
import type { Context } from './keywords.ts';
import type { DetectorSet } from './set.ts';

/** What a text is looked through for, and what is put in the place of what is found. */
export interface Search {
  readonly set: DetectorSet;
  /** By detector: what says that one of its finds stood somewhere. */
  readonly tokens: readonly string[];
  readonly context: Context;
  /** Text in the place of a find; undefined: it stays (an allow-list says so). */
  replacement(found: string, span: Span): string | undefined;
  /** The edits for JSON text in the text (as UTF-16); undefined where it is not JSON. */
  json(text: string, depth: number): readonly Edit[] | undefined;
}
