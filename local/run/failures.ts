import type { LocalAccount } from '../account/start-local.ts';
import type { MetricTally } from '../accounting/metrics.ts';
import type { StackParts } from './stack.ts';

/** How many records could not go on so far, by code: what the functions say, and what AWS's own parts gave up on. */
export function failuresSoFar(
  account: LocalAccount,
  parts: StackParts,
  metrics: MetricTally,
): Readonly<Record<string, number>> {
  const codes: Record<string, number> = {};
  const add = (counts: Readonly<Record<string, number | undefined>>): void => {
    for (const [code, count = 0] of Object.entries(counts)) codes[code] = (codes[code] ?? 0) + count;
  };
  add(metrics.by('RecordsDeadLettered', 'code', parts.consumer));
  add(metrics.by('RecordsDeadLettered', 'code', parts.decoder));
  add(metrics.by('RecordsFailed', 'code', parts.transform));
  for (const { discarded } of account.mappings.figures()) add(discarded);
  for (const { failed } of account.firehose.figures()) {
    for (const byCode of Object.values(failed)) add(withoutAnswered(byCode));
  }
  return codes;
}

/** What the transform itself answered as failed is in its own metrics, by a code that says more. */
function withoutAnswered(byCode: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const { 'Lambda.ProcessingFailedStatus': _answered, ...rest } = byCode;
  return rest;
}
