/** Where on its way a record failed. */
export type Stage = 'source' | 'decode' | 'filter' | 'enrich' | 'mask' | 'partition' | 'encode' | 'respond' | 'deliver';

/**
 * Why a record failed, safe to log: it never holds payload, only names, numbers, paths and positions.
 */
export interface Failure {
  /** Stable, in PascalCase, listed in docs/reference: `InvalidJson`, `MissingField`, `MaskFailed` … */
  readonly code: string;
  readonly stage: Stage;
  /** One sentence that says what and where, without values. */
  readonly message: string;
  /** Whether the same record can succeed later without anyone changing anything (throttling, a lookup that was down). */
  readonly retryable: boolean;
  /** Index of the document inside the record, from 0, where a record holds several. */
  readonly document?: number;
}

export function permanent(code: string, stage: Stage, message: string): Failure {
  return { code, stage, message, retryable: false };
}

export function transient(code: string, stage: Stage, message: string): Failure {
  return { code, stage, message, retryable: true };
}
