import { afterEach, describe, expect, it, vi } from 'vitest';
import { transformTime } from '../../shared/sources/firehose-time.ts';

/** When transforming stops, in seconds before the deadline, of a function with this time-out in seconds. */
function stopsAt(timeout: number): number {
  let remaining = timeout * 1000;
  const time = transformTime({ remainingMs: () => remaining });
  while (!time.outOfTime()) {
    remaining -= 100;
    vi.advanceTimersByTime(100);
  }
  return Math.round(remaining / 100) / 10;
}

describe('the time of a transform', () => {
  afterEach(() => vi.useRealTimers());

  it.each([
    [180, 29.9],
    [61, 29.9],
    [60, 29.9],
    [30, 14.9],
    [3, 1.4],
    [900, 629.9],
  ])('of %d s ends %d s before the deadline', (timeout, left) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    expect(stopsAt(timeout)).toBeCloseTo(left, 1);
  });

  it('leaves most of what is kept back for putting back', () => {
    expect(transformTime({ remainingMs: () => 60_000 }).putBackBy.remainingMs()).toBeCloseTo(54_000, -2);
    expect(transformTime({ remainingMs: () => 10_000 }).putBackBy.remainingMs()).toBeCloseTo(9_000, -2);
  });
});
