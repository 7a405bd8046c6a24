/** Carries objects to where they go, again and again until they arrive. */
import type { Clock } from '../account/contracts.ts';

export interface Shipment {
  readonly records: number;
  /** One try. Rejects when it is to be tried again. */
  send(): Promise<void>;
  /** The retry window has passed, or the account stops: what there is must be kept elsewhere. */
  park(): Promise<void>;
}

export interface Shipping {
  add(shipment: Shipment): void;
  /** Tries everything now, and again without waiting for the clock, a few times over. Resolves when it arrived or failed them all. */
  hurry(): Promise<void>;
  /** Records that are on their way. */
  held(): number;
  idle(): boolean;
  /** Parks what failed so far, and resolves when nothing is under way. */
  stop(): Promise<void>;
}

export interface ShippingOptions {
  readonly clock: Clock;
  /** How long an object is tried, ms. https://docs.aws.amazon.com/firehose/latest/dev/retry.html */
  readonly retryMs: number;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const HURRIED_TRIES = 6;

interface Pending {
  readonly records: number;
  waiting: boolean;
  wake: () => void;
  done: Promise<void>;
}

export function createShipping(options: ShippingOptions): Shipping {
  const pending = new Set<Pending>();
  const settled: (() => void)[] = [];
  let held = 0;
  let stopped = false;

  function tell(): void {
    for (const resolve of settled.splice(0)) resolve();
  }

  async function carry(shipment: Shipment, of: Pending): Promise<void> {
    const deadline = options.clock.now() + options.retryMs;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      if (await arrives(shipment)) return;
      if (!stopped && options.clock.now() < deadline) await pause(of, wait);
      if (stopped || options.clock.now() >= deadline) return shipment.park();
    }
  }

  async function arrives(shipment: Shipment): Promise<boolean> {
    try {
      await shipment.send();
      return true;
    } catch {
      return false;
    }
  }

  async function pause(of: Pending, ms: number): Promise<void> {
    const woken = new AbortController();
    of.wake = () => woken.abort();
    of.waiting = true;
    tell();
    await options.clock.sleep(ms, woken.signal);
    of.waiting = false;
  }

  const allWait = (): boolean => [...pending].every((each) => each.waiting);

  return {
    add(shipment) {
      const of: Pending = { records: shipment.records, waiting: false, wake: () => {}, done: Promise.resolve() };
      pending.add(of);
      held += of.records;
      of.done = carry(shipment, of).finally(() => {
        pending.delete(of);
        held -= of.records;
        tell();
      });
    },
    async hurry() {
      for (let tries = 0; pending.size > 0 && tries <= HURRIED_TRIES && !stopped; tries++) {
        while (!allWait() && !stopped) await new Promise<void>((resolve) => settled.push(resolve));
        if (tries === HURRIED_TRIES) return;
        for (const each of pending) if (each.waiting) each.wake();
        // A woken sleeper goes on in a later turn: it must not be taken for one that waits again.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    held: () => held,
    idle: () => pending.size === 0,
    async stop() {
      stopped = true;
      for (const each of pending) each.wake();
      tell();
      await Promise.all([...pending].map((each) => each.done));
    },
  };
}
