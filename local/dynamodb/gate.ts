/** Lets single operations run side by side, and a transaction alone. First come, first served. */
export interface Gate {
  shared<T>(run: () => Promise<T>): Promise<T>;
  alone<T>(run: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly alone: boolean;
  readonly enter: () => void;
}

export function createGate(): Gate {
  const waiting: Waiting[] = [];
  let inside = 0;
  let aloneInside = false;

  function admit(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (aloneInside || (next.alone && inside > 0)) return;
      waiting.shift();
      inside += 1;
      aloneInside = next.alone;
      next.enter();
    }
  }

  async function pass<T>(alone: boolean, run: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      waiting.push({ alone, enter });
      admit();
    });
    try {
      return await run();
    } finally {
      inside -= 1;
      if (alone) aloneInside = false;
      admit();
    }
  }

  return { shared: (run) => pass(false, run), alone: (run) => pass(true, run) };
}
