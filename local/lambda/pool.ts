/** The warm processes of one function: reused, started when all are busy, waited for when there may be no more. */
import type { Sandbox } from './sandbox.ts';

export interface Lease {
  readonly sandbox: Sandbox;
  /** The process was started for this invocation. */
  readonly cold: boolean;
}

export interface Pool {
  /** Rejects when a process can't be started, or the pool is stopped. */
  lease(): Promise<Lease>;
  release(lease: Lease): void;
  /** Ends the idle processes now, and each busy one as it is released. */
  retire(): void;
  /** Ends all processes. */
  stop(): Promise<void>;
}

export function createPool(most: number, start: () => Promise<Sandbox>): Pool {
  const idle: Sandbox[] = [];
  const all = new Set<Sandbox>();
  const waiting: PromiseWithResolvers<Lease>[] = [];
  /** Being started, running or idle. */
  let count = 0;
  let retired = false;
  let stopped = false;

  function end(sandbox: Sandbox): void {
    count -= 1;
    void sandbox.stop().then(() => all.delete(sandbox));
  }

  /** The one used last: the others cool down. */
  function takeIdle(): Sandbox | undefined {
    for (let sandbox = idle.pop(); sandbox !== undefined; sandbox = idle.pop()) {
      if (sandbox.alive()) return sandbox;
      end(sandbox);
    }
    return undefined;
  }

  async function startOne(): Promise<Lease> {
    count += 1;
    try {
      const sandbox = await start();
      all.add(sandbox);
      if (stopped) await sandbox.stop();
      return { sandbox, cold: true };
    } catch (cause) {
      count -= 1;
      waiting.shift()?.resolve(startOne());
      throw cause;
    }
  }

  return {
    async lease() {
      if (stopped) throw new Error('The account has been stopped');
      const warm = takeIdle();
      if (warm !== undefined) return { sandbox: warm, cold: false };
      if (count < most) return startOne();
      const turn = Promise.withResolvers<Lease>();
      waiting.push(turn);
      return turn.promise;
    },
    release({ sandbox }) {
      const usable = sandbox.alive() && !retired;
      if (!usable) end(sandbox);
      const next = waiting.shift();
      if (next !== undefined) next.resolve(usable ? { sandbox, cold: false } : startOne());
      else if (usable) idle.push(sandbox);
    },
    retire() {
      retired = true;
      for (const sandbox of idle.splice(0)) end(sandbox);
    },
    async stop() {
      stopped = true;
      retired = true;
      for (const turn of waiting.splice(0)) turn.reject(new Error('The account has been stopped'));
      await Promise.all(Array.from(all, (sandbox) => sandbox.stop()));
    },
  };
}
