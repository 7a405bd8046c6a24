import type { Document } from '../record/document.ts';
import type { StepCompiler } from '../record/step.ts';

/** What a state is kept and stored as. */
export type Json = string | number | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * Something that is counted for each window and group. `Value` is what is taken of one document, `State` what is kept; merging
 * the states of parts gives the state of the whole, in any order.
 */
export interface Measure<Value = unknown, State = unknown> {
  /** The word the pipeline's author wrote: `sum`. */
  readonly kind: string;
  /** Says all that states depend on besides the kind: states of different settings can't be merged. */
  readonly settings: string;
  /** The most that an encoded state can take, in bytes of JSON. */
  readonly most: number;
  /** Binds the paths. The reader gives undefined where a document has nothing to count. */
  compile(compiler: StepCompiler): (document: Document) => Value | undefined;
  empty(): State;
  add(state: State, value: Value): State;
  merge(a: State, b: State): State;
  /** At least the length of the encoded state's JSON, without building it. */
  size(state: State): number;
  encode(state: State): Json;
  /** Undefined for anything that `encode` did not give. */
  decode(json: Json): State | undefined;
  /** What a person is shown. */
  result(state: State): Json;
}

/** A measure among others of other types. */
export function anyMeasure<Value, State>(measure: Measure<Value, State>): Measure {
  return measure as unknown as Measure;
}
