/** The functions there are, by name, logical id or ARN. */
import type { TemplateResource } from '../account/contracts.ts';
import type { Runner, Tally } from './runner.ts';

interface Entry {
  readonly resource: TemplateResource;
  readonly runner: Runner;
  readonly tally: Tally;
}

export interface Registry {
  find(name: string): Entry | undefined;
  all(): readonly Entry[];
  names(): readonly string[];
  /** Adds a function, or replaces the one of that name: what runs of it runs to its end. */
  put(entry: Entry): void;
  remove(name: string): Promise<void>;
  /** Invocations under way. */
  running(): number;
  stop(): Promise<void>;
}

export function createRegistry(): Registry {
  const entries = new Map<string, Entry>();
  const retired = new Set<Entry>();

  function find(name: string): Entry | undefined {
    const plain = functionNameOf(name);
    const entry = entries.get(plain);
    if (entry !== undefined) return entry;
    for (const each of entries.values()) if (each.resource.logicalId === plain) return each;
    return undefined;
  }

  /** The replaced ones that have nothing left to do are forgotten, and their unpacked code with them. */
  function sweep(): void {
    for (const entry of retired) {
      if (entry.runner.running() > 0) continue;
      retired.delete(entry);
      const { code } = entry.runner.definition;
      if (!Array.from(entries.values()).some(({ runner }) => runner.definition.code === code)) code.remove();
    }
  }

  const everything = (): Entry[] => [...entries.values(), ...retired];

  return {
    find,
    all: () => [...entries.values()],
    names: () => [...entries.keys()],
    put(entry) {
      const { name } = entry.runner.definition;
      const before = entries.get(name);
      entries.set(name, entry);
      if (before !== undefined) {
        before.runner.retire();
        retired.add(before);
      }
      sweep();
    },
    async remove(name) {
      const entry = find(name);
      if (entry === undefined) return;
      entries.delete(entry.runner.definition.name);
      await entry.runner.stop();
      entry.runner.definition.code.remove();
    },
    running: () => everything().reduce((sum, { runner }) => sum + runner.running(), 0),
    async stop() {
      await Promise.all(everything().map(({ runner }) => runner.stop()));
      for (const { runner } of everything()) runner.definition.code.remove();
    },
  };
}

export function functionArn(place: { region: string; accountId: string }, name: string): string {
  return name.startsWith('arn:') ? name : `arn:aws:lambda:${place.region}:${place.accountId}:function:${name}`;
}

/** The name in a name, a partial ARN (`123456789012:function:name`) or an ARN, with or without a version. */
function functionNameOf(name: string): string {
  const parts = name.split(':');
  const at = parts.indexOf('function');
  return (at === -1 ? parts[0] : parts[at + 1]) ?? name;
}
