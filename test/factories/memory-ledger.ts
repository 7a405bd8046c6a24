import { ASIDE, LeaseLostError, type Ledger, type Story } from '../../shared/replay/ledger.ts';

export interface MemoryLedger extends Ledger {
  readonly kept: Map<string, Story>;
  /** Which put went on, by token. */
  readonly passed: Map<string, string>;
}

interface Claimed {
  readonly source: string;
  readonly at: number;
  readonly letters: readonly string[];
  readonly done: readonly string[];
}

/** A ledger in memory, with what a table would hold. */
export function memoryLedger(): MemoryLedger {
  const leases = new Map<string, { owner: string; until: number; settled: boolean }>();
  const claims = new Map<string, Claimed>();
  const kept = new Map<string, Story>();
  const passed = new Map<string, string>();
  return {
    kept,
    passed,
    lease: async (source, owner, until) => {
      const held = leases.get(source);
      if (held !== undefined && held.owner !== owner && held.until > Date.now()) return undefined;
      leases.set(source, { owner, until, settled: held?.settled ?? false });
      return { begun: held !== undefined, settled: held?.settled ?? false };
    },
    release: async (source, owner, settled) => {
      const held = leases.get(source);
      if (held?.owner === owner) leases.set(source, { owner, until: 0, settled: held.settled || settled });
    },
    progress: async (source) => {
      const own = [...claims.values()].filter((claim) => claim.source === source);
      const done = new Set(own.flatMap((claim) => claim.done));
      const open = own.flatMap(({ letters, at }) => letters.map((letter) => [letter, at] as const));
      return { done, uncertain: new Map(open.filter(([letter]) => !done.has(letter))) };
    },
    claim: async (source, owner, { letters, at }) => {
      if (leases.get(source)?.owner !== owner) throw new LeaseLostError('taken');
      const name = `${source}|${claims.size}`;
      claims.set(name, { source, at, letters, done: [] });
      return name;
    },
    confirm: async (source, name, done, at) => {
      claims.set(name, { source, at, letters: [], done });
    },
    stories: async (digests) =>
      new Map(digests.flatMap((digest) => (kept.has(digest) ? [[digest, kept.get(digest)!]] : []))),
    keep: async (changed) => {
      for (const [digest, story] of changed) kept.set(digest, story);
    },
    passes: async (tokens) =>
      new Map(tokens.flatMap((token) => (passed.has(token) ? [[token, passed.get(token)!]] : []))),
    close: async (token) => {
      if (!passed.has(token)) passed.set(token, ASIDE);
    },
  };
}
