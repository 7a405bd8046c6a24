/**
 * What a function that pipelines are written with says of itself: its reference page, and its first tests, are made from this.
 */
export interface Reference<Args extends readonly unknown[]> {
  /** The word the pipeline's author writes: `geoIp`. */
  readonly name: string;
  /** One or two sentences. */
  readonly summary: string;
  /** Each argument or option, and what it does; defaults are named here. */
  readonly settings: Readonly<Record<string, string>>;
  /** Called with `args`, what it makes of one record. */
  readonly examples: readonly Example<Args>[];
}

export interface Example<Args extends readonly unknown[]> {
  /** What the example shows, in a few words. */
  readonly shows: string;
  readonly args: Args;
  /** The record. Bytes that are no text are given as base64. */
  readonly in: string | { readonly base64: string };
  /** What leaves, without the last newline; or the reason for dropping; or the code of the failure. */
  readonly out: string | { readonly dropped: string } | { readonly failed: string };
}

/** A function that pipelines are written with, and its reference. */
export type Documented<Args extends readonly unknown[], Made> = ((...args: Args) => Made) & {
  readonly reference: Reference<Args>;
};

/** Puts a reference on a function. */
export function documented<Args extends readonly unknown[], Made>(
  reference: Reference<Args>,
  make: (...args: Args) => Made,
): Documented<Args, Made> {
  return Object.assign((...args: Args) => make(...args), { reference });
}
