import type { LocalAccount } from '../account/start-local.ts';
import type { MetricTally } from '../accounting/metrics.ts';
import type { Progress } from '../progress/progress.ts';
import type { StackParts } from './stack.ts';
import type { Sending } from './stages.ts';
import type { Stop } from './stop.ts';

/** A run under way. */
export interface Job {
  readonly account: LocalAccount;
  readonly parts: StackParts;
  readonly metrics: MetricTally;
  readonly feeds: readonly Sending[];
  readonly stop: Stop;
  readonly progress: Progress;
  readonly rate: number | undefined;
}
