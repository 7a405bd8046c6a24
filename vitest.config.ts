import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSequencer, type TestSpecification, type Vitest } from 'vitest/node';
import { COMPILED_CODE } from './local/stack/compiled-code.ts';

// What tests start (commands, `sls`) needn't compile its modules anew each time.
process.env.NODE_COMPILE_CACHE ??= COMPILED_CODE;

/** Files that run whole stacks, or measure, take longest: begun last, they would keep one worker busy while the others have nothing to do. */
const LONG = /test\/(end-to-end|packaging|docs|mask\/bounds|replay\/handle|functions\/firehose-transform)/;

class LongestFirst implements TestSequencer {
  private readonly usual: BaseSequencer;

  constructor(vitest: Vitest) {
    this.usual = new BaseSequencer(vitest);
  }

  shard(files: TestSpecification[]) {
    return this.usual.shard(files);
  }

  async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await this.usual.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One more than the two cores that a small machine has: a third of the time tests wait for something.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
