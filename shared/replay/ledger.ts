/**
 * What the replayer remembers: which dead letters of a source it put back, and how often a record came back.
 * `claimed` is written before a put and `replayed` after it: what is found claimed and not replayed may have been put.
 */
export interface Ledger {
  /** Takes a source for this invocation; false while another one works on it. */
  lease(source: string, owner: string, untilMs: number): Promise<boolean>;
  release(source: string, owner: string): Promise<void>;
  /** The letters of a source that were dealt with, by their place in it. */
  progress(source: string): Promise<Progress>;
  /** Notes that these letters of a source are about to be put. Returns the chunk's name. */
  claim(source: string, letters: readonly string[], at: number): Promise<string>;
  /** Notes which of a claimed chunk's letters are done: replayed or quarantined. */
  confirm(source: string, chunk: string, letters: readonly string[], at: number): Promise<void>;
  /** The stories of records, by the digest of their bytes. */
  stories(digests: readonly string[]): Promise<ReadonlyMap<string, Story>>;
  /** Keeps stories that have changed. */
  keep(stories: ReadonlyMap<string, Story>): Promise<void>;
}

export interface Progress {
  readonly done: ReadonlySet<string>;
  /** Claimed by an invocation that did not live to confirm. */
  readonly uncertain: ReadonlySet<string>;
}

/** One replay of records with the same bytes. */
export interface Generation {
  /** When the first of them was put back, epoch milliseconds. */
  readonly at: number;
  /** Why they had failed before. */
  readonly code: string;
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
  return story.filter((generation) => (arrival === undefined ? generation.letter !== letter : generation.at <= arrival))
    .length;
}

/** The story with this replay in it; the same story where another of the same generation is there already. */
export function withReplay(story: Story, replays: number, generation: Generation): Story {
  return story.length > replays ? story : [...story, generation];
}
