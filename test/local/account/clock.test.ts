import { describe, expect, it } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';

describe('the account clock', () => {
  it('runs with the wall clock', async () => {
    const clock = createClock();
    const start = clock.now();
    await clock.sleep(20);
    expect(clock.now() - start).toBeGreaterThanOrEqual(19);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50);
  });

  it('fires timers in the order they fall due, each at its own instant', async () => {
    const clock = createClock(() => 1_000);
    const fired: [string, number][] = [];
    clock.after(3_600_000, () => fired.push(['hour', clock.now()]));
    clock.after(60_000, () => fired.push(['minute', clock.now()]));
    clock.after(60_000, () => fired.push(['minute, second', clock.now()]));
    clock.after(7_200_000, () => fired.push(['two hours', clock.now()]));
    await clock.advance(3_600_000);
    expect(fired).toEqual([
      ['minute', 61_000],
      ['minute, second', 61_000],
      ['hour', 3_601_000],
    ]);
    expect(clock.now()).toBe(3_601_000);
  });

  it('fires timers that were set by timers within the same push', async () => {
    const clock = createClock(() => 0);
    const at: number[] = [];
    const tick = (): void => {
      at.push(clock.now());
      clock.after(1_000, tick);
    };
    clock.after(1_000, tick);
    await clock.advance(5_500);
    expect(at).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
  });

  it('lets a sleeping loop go round once for every step of time', async () => {
    const clock = createClock(() => 0);
    let rounds = 0;
    void (async () => {
      for (;;) {
        await clock.sleep(100);
        rounds += 1;
      }
    })();
    await clock.advance(1_000);
    expect(rounds).toBe(10);
  });

  it('does not fire what was cancelled', async () => {
    const clock = createClock(() => 0);
    let fired = 0;
    const cancel = clock.after(10, () => {
      fired += 1;
    });
    clock.after(20, () => {
      fired += 10;
    });
    cancel();
    await clock.advance(100);
    expect(fired).toBe(10);
  });

  it('ends a sleep early when its signal aborts', async () => {
    const clock = createClock();
    const controller = new AbortController();
    const sleep = clock.sleep(60_000, controller.signal);
    controller.abort();
    await sleep;
    await clock.sleep(60_000, controller.signal);
    expect(controller.signal.aborted).toBe(true);
  });

  it('pushes one after the other when several are asked for at once', async () => {
    const clock = createClock(() => 0);
    await Promise.all([clock.advance(10), clock.advance(20)]);
    expect(clock.now()).toBe(30);
  });
});
