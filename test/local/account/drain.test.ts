import { describe, expect, it } from 'vitest';
import { DrainError, drainWorkers } from '../../../local/account/drain.ts';

/** A worker that is busy until it was asked so often. */
function busyFor(looks: number) {
  let left = looks;
  return { idle: () => left-- <= 0 };
}

describe('draining', () => {
  it('flushes buffers only once the others are at rest', async () => {
    let atRest = false;
    let buffered = true;
    setTimeout(() => {
      atRest = true;
    }, 60);
    const flush = async (): Promise<void> => {
      expect(atRest).toBe(true);
      buffered = false;
    };
    const buffering = { name: 'buffers', worker: { idle: () => !buffered }, flush };
    await drainWorkers([{ name: 'reader', worker: { idle: () => atRest } }], buffering, 5_000);
    expect(buffered).toBe(false);
  });

  it('is not taken in by a worker that rests for a moment', async () => {
    const answers = [true, true, false, false, true];
    let asked = 0;
    const flaky = { idle: () => answers[asked++] ?? true };
    await drainWorkers(
      [{ name: 'flaky', worker: flaky }],
      { name: 'buffers', worker: busyFor(0), flush: async () => {} },
      5_000,
    );
    expect(asked).toBeGreaterThan(5);
  });

  it('says who is still at work when time is up', async () => {
    const buffering = { name: 'buffers', worker: busyFor(0), flush: async () => {} };
    const stuck = [
      { name: 'mappings', worker: busyFor(1e9) },
      { name: 'functions', worker: busyFor(0) },
    ];
    const end = drainWorkers(stuck, buffering, 50);
    await expect(end).rejects.toBeInstanceOf(DrainError);
    await expect(end).rejects.toMatchObject({ busy: ['mappings'], message: expect.stringContaining('mappings') });
  });

  it('gives up on a flush that never ends', async () => {
    const buffering = { name: 'buffers', worker: { idle: () => false }, flush: () => new Promise<void>(() => {}) };
    await expect(drainWorkers([], buffering, 50)).rejects.toThrow(/still at work: buffers/);
  });
});
