import type { Deadline } from '../../shared/platform/deadline.ts';
import { setting } from '../../shared/platform/settings.ts';
import { readPasses, takePasses } from '../../shared/replay/passes-table.ts';

/** A message that the replayer handed over, which may have done so before. */
export interface Replayed {
  readonly wasDecoded: boolean;
  /** Notes that it is delivered. */
  note(): Promise<void>;
}

const FIRST: Replayed = { wasDecoded: false, note: async () => {} };
const HOLDER = 'logs decoder';

/**
 * Asks the ledger, for a message of the replayer only, whether it was decoded before: where the replayer was killed before
 * it heard so. What is noted comes after what is delivered: killed in between, the decoder leaves a duplicate.
 */
export async function openReplayed(event: unknown, deadline: Deadline): Promise<Replayed> {
  const token = (event as { redrive?: { token?: unknown } } | null)?.redrive?.token;
  const table = setting('LEDGER_TABLE');
  if (typeof token !== 'string' || token === '' || table === undefined) return FIRST;
  const passes = await readPasses(table, [token]);
  if (passes.has(token)) return { ...FIRST, wasDecoded: true };
  return {
    wasDecoded: false,
    async note() {
      const signal = AbortSignal.timeout(Math.max(1, Math.floor(deadline.remainingMs())));
      await takePasses(table, [{ token, put: HOLDER, holder: HOLDER }], signal);
    },
  };
}
