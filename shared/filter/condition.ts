import type { Document } from '../record/document.ts';
import type { StepCompiler } from '../record/step.ts';

/** Something that a document is or is not. Begun by `where(path)`; combined by `not`, `and` and `or`. */
export interface Condition {
  /** As its author wrote it, for the reference pages. */
  readonly text: string;
  compile(compiler: StepCompiler): Test;
  /** Holds where this one and all others do. */
  and(...others: readonly Condition[]): Condition;
  /** Holds where this one or one of the others does. */
  or(...others: readonly Condition[]): Condition;
}

/** A condition bound to one pipeline. */
export type Test = (document: Document) => boolean;

export function conditionOf(text: string, compile: (compiler: StepCompiler) => Test): Condition {
  const made: Condition = {
    text,
    compile,
    and: (...others) => and(made, ...others),
    or: (...others) => or(made, ...others),
  };
  return made;
}

/** Holds where the condition does not. */
export function not(condition: Condition): Condition {
  return conditionOf(`not(${condition.text})`, (compiler) => {
    const holds = condition.compile(compiler);
    return (document) => !holds(document);
  });
}

/** Holds where all of the conditions do. */
export function and(...conditions: readonly Condition[]): Condition {
  return conditionOf(`and(${textsOf(conditions)})`, (compiler) => {
    const all = conditions.map((condition) => condition.compile(compiler));
    return (document) => all.every((holds) => holds(document));
  });
}

/** Holds where one of the conditions does. */
export function or(...conditions: readonly Condition[]): Condition {
  return conditionOf(`or(${textsOf(conditions)})`, (compiler) => {
    const any = conditions.map((condition) => condition.compile(compiler));
    return (document) => any.some((holds) => holds(document));
  });
}

function textsOf(conditions: readonly Condition[]): string {
  return conditions.map(({ text }) => text).join(', ');
}
