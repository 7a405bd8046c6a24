import type { Ledger, Story } from '../../shared/replay/ledger.ts';

/** A ledger in memory, with what a table would hold. */
export function memoryLedger(): Ledger & { readonly kept: Map<string, Story> } {
  const leases = new Map<string, string>();
  const chunks = new Map<string, { claimed: readonly string[]; done: readonly string[] }>();
  const kept = new Map<string, Story>();
  return {
    kept,
    lease: async (source, owner) => {
      const holder = leases.get(source);
      if (holder !== undefined && holder !== owner) return false;
      leases.set(source, owner);
      return true;
    },
    release: async (source, owner) => {
      if (leases.get(source) === owner) leases.delete(source);
    },
    progress: async (source) => {
      const own = [...chunks].filter(([name]) => name.startsWith(`${source}|`)).map(([, chunk]) => chunk);
      const done = new Set(own.flatMap((chunk) => chunk.done));
      return { done, uncertain: new Set(own.flatMap((chunk) => chunk.claimed).filter((letter) => !done.has(letter))) };
    },
    claim: async (source, letters) => {
      const name = `${source}|${chunks.size}`;
      chunks.set(name, { claimed: letters, done: [] });
      return name;
    },
    confirm: async (_source, chunk, letters) => {
      chunks.set(chunk, { claimed: [], done: letters });
    },
    stories: async (digests) =>
      new Map(digests.flatMap((digest) => (kept.has(digest) ? [[digest, kept.get(digest)!]] : []))),
    keep: async (changed) => {
      for (const [digest, story] of changed) kept.set(digest, story);
    },
  };
}
