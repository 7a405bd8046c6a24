import type { Document, Selector } from './document.ts';
import type { Dropped, Failed } from './outcome.ts';
import type { StreamRecord } from './record.ts';

/** What a step may ask of the compiler while the pipeline is compiled, once, at cold start. */
export interface StepCompiler {
  /** The name of the pipeline that is compiled. */
  readonly pipeline: string;
  /** The version its author gave it. */
  readonly version?: string | undefined;
  /** Binds a path. A path that can't be read is reported as a fault, with all others, when compiling ends.
   * `concrete`: so is one with wildcards, for it names more than one place. */
  selector(path: string, only?: 'concrete'): Selector;
  /** The steps that come after this one. */
  readonly following?: readonly Step[];
  /** Reports a mistake in the pipeline's definition: what and where, never a value of a record. */
  fault(message: string): void;
}

/** What a step knows of the record whose document it works on. */
export interface StepContext {
  readonly record: StreamRecord;
  /** Epoch milliseconds at the start of the invocation. */
  readonly now: number;
  /** Differs from one batch to the next: what a step remembers within a batch ends when it changes. */
  readonly batch: number;
}

/** A step bound to one pipeline. */
export interface CompiledStep {
  /** Awaited once, before the first batch: keys, reference data. A rejection stops the function at start-up. */
  load?(): Promise<void>;
  /** Awaited once a batch, before its first record: keys and tables that may have grown old. */
  refresh?(): Promise<void>;
  /** Awaited once a batch, with every document that reached this step: batched look-ups. All documents of the batch then wait
   * for one another, so that a step which needs only a refresh should not have it. */
  prepare?(documents: readonly Document[]): Promise<void>;
  /** Runs on one document. Undefined: the document goes on. What it throws fails the record, without its text. */
  apply(document: Document, context: StepContext): Dropped | Failed | undefined;
}

/** One thing a pipeline does to each document. */
export interface Step {
  /** The word the pipeline's author wrote: `geoIp`, `drop`. */
  readonly name: string;
  readonly stage: 'filter' | 'enrich' | 'mask';
  compile(compiler: StepCompiler): CompiledStep;
}
