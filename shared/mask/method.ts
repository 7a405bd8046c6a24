import type { Document, JsonText, Memo, Selector } from '../record/document.ts';

/** What a method is given to mask. */
interface Value {
  /** The text of a string, the spelling of a number, `true` or `false`; or the part of a string that a detector found. */
  readonly text: string;
  readonly kind: 'string' | 'number' | 'boolean';
  /** What a token would say of it: `[EMAIL]`. */
  readonly token: string;
  /** Where it stands. The path is worked out only when asked for. */
  readonly place: Place;
  /** The document it is part of, as it stands now. */
  readonly document: Document;
}

/** A place in a document. */
export interface Place {
  readonly path: string;
}

/** A method bound to one pipeline. */
export interface CompiledMethod {
  /** Awaited once, before the first batch: keys. A rejection stops the function at start-up. */
  load?(): Promise<void>;
  /** Awaited once a batch: keys that have grown old. */
  refresh?(): Promise<void>;
  /** It takes values out, whatever they are. */
  readonly removes?: boolean;
  /** What it makes of a number is a number too. */
  readonly numbers?: boolean;
  /** The text in the value's place. Throws a MaskError where it can't be applied. */
  mask(value: Value): string;
  /** The same for whole JSON strings that are not empty, as JSON: of a method that looks at nothing but a text. */
  maskJson?(): Memo<JsonText>;
}

/** What a method may ask while the pipeline is compiled. */
export interface MethodCompiler {
  readonly pipeline: string;
  /** The path, as its author wrote it, that the method is used at. */
  readonly path: string;
  /** Binds a path to read other values of the document by. */
  selector(path: string): Selector;
  fault(message: string): void;
}

/** One way to mask. */
export interface Method {
  readonly name: string;
  compile(compiler: MethodCompiler): CompiledMethod;
}

/** A mask can't be applied. Its message names no value; the record fails with it. */
export class MaskError extends Error {
  override readonly name = 'MaskError';
}
