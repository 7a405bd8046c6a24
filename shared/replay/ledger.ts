import type { PastFailure } from '../record/redriven.ts';

/**
 * What the replayer remembers: which dead letters of a source it put back, how often a record came back, and which of
 * several puts of one record went on. Letters are claimed before a put and confirmed after it: what is found claimed and not
 * confirmed may have been put.
 */
export interface Ledger {
  /** Takes a source for this invocation, or keeps it; undefined while another one works on it. */
  lease(source: string, owner: string, untilMs: number): Promise<Lease | undefined>;
  /** Gives the source back. `settled`: no letter of it is left, and it need not be read again. */
  release(source: string, owner: string, settled: boolean): Promise<void>;
  /** The letters of a source that were dealt with, by their place in it. */
  progress(source: string): Promise<Progress>;
  /** Notes that letters are about to be put. Returns the claim's name. Rejects with a LeaseLostError. */
  claim(source: string, owner: string, claim: Claim): Promise<string>;
  /** Notes which of the claimed letters are done: replayed or quarantined. The others are known to have not been put. */
  confirm(source: string, claim: string, letters: readonly string[], at: number): Promise<void>;
  /** The stories of records, by the digest of their bytes. */
  stories(digests: readonly string[]): Promise<ReadonlyMap<string, Story>>;
  /** Keeps stories that have changed. */
  keep(stories: ReadonlyMap<string, Story>): Promise<void>;
  /** For each token with which a record went on: the put that brought it, or ASIDE. */
  passes(tokens: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Lets nothing go on with this token any more: its record was put aside. */
  close(token: string): Promise<void>;
}

/** In a put's place: the record was put aside. */
export const ASIDE = 'aside';

export interface Lease {
  /** The source was begun before. */
  readonly begun: boolean;
  /** No letter of it is left. */
  readonly settled: boolean;
}

export interface Claim {
  readonly letters: readonly string[];
  readonly at: number;
  /** Until when the lease is kept with it, epoch milliseconds. */
  readonly untilMs: number;
}

export interface Progress {
  readonly done: ReadonlySet<string>;
  /** Claimed by an invocation that did not live to confirm, and when. */
  readonly uncertain: ReadonlyMap<string, number>;
}

export const NO_PROGRESS: Progress = { done: new Set(), uncertain: new Map() };

/** Another invocation has taken the source: nothing more may be put from it. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** One replay of records with the same bytes. */
export interface Generation extends PastFailure {
  /** The first dead letter of this generation: `source at`. */
  readonly letter: string;
}

/** How often records with the same bytes were replayed, and why they failed each time. */
export type Story = readonly Generation[];

/**
 * How often a record was replayed before it failed as this dead letter: the replays that came before it arrived.
 * So equal records that failed once each are not taken for one that failed often.
 */
export function replaysBefore(story: Story, letter: string, arrival: number | undefined): number {
  const isBefore = (generation: Generation): boolean =>
    arrival === undefined ? generation.letter !== letter : generation.replayedAt <= arrival;
  return story.filter(isBefore).length;
}

/** The story with this replay in it; the same story where another of the same generation is there already. */
export function withReplay(story: Story, replays: number, generation: Generation): Story {
  return story.length > replays ? story : [...story, generation];
}
