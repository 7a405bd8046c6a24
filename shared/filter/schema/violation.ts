import { keyInPath } from '../../json/index.ts';

/** What a document breaks: the path of the field, and the rule. Never a value. */
export interface Violation {
  readonly path: string;
  /** The keyword of JSON Schema, or the code of zod's issue. */
  readonly rule: string;
}

/** Reports what a parsed document breaks. */
export type Validator = (value: unknown) => readonly Violation[];

/** One more step down a path. A key that the schema does not name is the record's own word, and stays unsaid. */
export function below(path: string, step: { readonly key: string } | { readonly index: number } | undefined): string {
  if (step !== undefined && 'index' in step) return `${path}[${step.index}]`;
  const member = step === undefined ? '.*' : keyInPath(step.key);
  return path === '' && member.startsWith('.') ? member.slice(1) : path + member;
}
