import type { ObjectIndex } from './object-index.ts';

export interface Bucket {
  readonly name: string;
  readonly createdAt: number;
  readonly folder: string;
  readonly index: ObjectIndex;
  /** Configurations that are kept and given back, by the query parameter that names them. */
  readonly settings: Map<string, string>;
}
