import type { ByteString } from './byte-string.ts';
import type { JsonText } from './document.ts';
import type { Dropped, Failed } from './outcome.ts';

/** The documents that a record's bytes hold. */
interface Documents {
  readonly kind: 'documents';
  /**
   * JSON text of each document. Text a format built itself is valid by construction; text that came from outside may be
   * anything, and may hold several documents one after the other (NDJSON, `{}{}`): the engine's scanner tells.
   */
  readonly texts: readonly JsonText[];
}

export type Decoded = Documents | Dropped | Failed;

/** The documents of one text, as nearly all records are. Made by a constructor and no literal: see shared/json/fragment.ts. */
export class OneText implements Documents {
  readonly kind = 'documents';
  readonly text: JsonText;

  constructor(text: JsonText) {
    this.text = text;
  }

  get texts(): readonly JsonText[] {
    return [this.text];
  }
}

/** Turns a record's bytes into JSON documents. Never throws for what the bytes are. */
export interface InputFormat {
  /** The word the pipeline's author wrote: `json`, `csv`. */
  readonly name: string;
  decode(data: ByteString): Decoded;
  /**
   * A record's documents as several records of the same format, in order, about `pieces` of them (at most one a
   * document): for a record too large for one answer. Undefined where it holds a single document or can't be read.
   */
  split?(data: ByteString, pieces: number): readonly ByteString[] | undefined;
}

/** Turns documents into the bytes that leave. */
export interface OutputFormat {
  readonly name: string;
  /** Each document ends with the format's terminator (`\n` for NDJSON), since S3 delivery joins records with nothing. */
  encode(documents: readonly JsonText[]): ByteString;
}
