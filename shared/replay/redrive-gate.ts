import { logger } from '../platform/logger.ts';
import { setting } from '../platform/settings.ts';
import type { ByteString } from '../record/byte-string.ts';
import { permanent, transient } from '../record/failure.ts';
import { dropped, failed } from '../record/outcome.ts';
import { isRedriven, mayBeRedriven, type Redriven, readRedriven } from '../record/redriven.ts';
import type { FirehoseBatch, FirehoseRecord } from '../sources/firehose-batch.ts';
import { takePasses } from './passes-table.ts';
import { inParallel } from './table.ts';
import { partsOf } from './token.ts';

/** Requests to the ledger at a time. */
const CONCURRENCY = 16;
/** What the ledger may take for one batch, in milliseconds; the records left then fail, and are replayed again. */
const GATE_MS = 20_000;

const REPLAYED = dropped('already replayed');
const DAMAGED = failed(permanent('InvalidRedrive', 'source', "the replayer's envelope around the record is damaged"));
const NO_LEDGER = failed(
  transient('RedriveUnchecked', 'source', 'the setting LEDGER_TABLE is missing, which tells replayed records apart'),
);
const UNCHECKED = failed(
  transient('RedriveUnchecked', 'source', 'the ledger could not tell whether the record was replayed before'),
);

/** A record of the batch that came in an envelope. */
interface Enveloped {
  readonly index: number;
  readonly entry: FirehoseRecord;
  readonly content: Redriven;
}

/**
 * Opens the envelopes of records that the replayer put back, and lets one of those with the same token through, also when
 * it comes again. A batch without such records is given back as it is. Why this is sound: docs/decisions/replay.md.
 */
export async function openRedriven(batch: FirehoseBatch): Promise<FirehoseBatch> {
  if (!batch.records.some(({ encoded }) => mayBeRedriven(encoded))) return batch;
  const records = [...batch.records];
  const enveloped: Enveloped[] = [];
  for (const [index, entry] of batch.records.entries()) {
    const data = dataOf(entry);
    if (entry.record === undefined || data === undefined || !isRedriven(data)) continue;
    const { id, arrival, position } = entry.record;
    const content = readRedriven(data);
    if (content === undefined) records[index] = { ...entry, ended: DAMAGED };
    else {
      const record = {
        id,
        data: content.data,
        ...(arrival !== undefined && { arrival }),
        ...(position && { position }),
      };
      const opened = { ...entry, record };
      enveloped.push({ index, entry: opened, content });
    }
  }
  for (const { index, entry } of await checked(enveloped)) records[index] = entry;
  return { ...batch, records };
}

/** The record's bytes, where they may be an envelope. Undefined also where they can't be read, which the run tells. */
function dataOf({ encoded, record }: FirehoseRecord): ByteString | undefined {
  try {
    return mayBeRedriven(encoded) ? record?.data : undefined;
  } catch {
    return undefined;
  }
}

/** The records, each with its end where it does not go on. */
async function checked(enveloped: readonly Enveloped[]): Promise<readonly Enveloped[]> {
  const table = setting('LEDGER_TABLE');
  if (table === undefined) return enveloped.map((each) => ({ ...each, entry: { ...each.entry, ended: NO_LEDGER } }));
  const groups = Map.groupBy(enveloped, ({ content }) => partsOf(content.redrive.token).group);
  const signal = AbortSignal.timeout(GATE_MS);
  const errors = new Set<string>();
  const results: Enveloped[] = [];
  await inParallel([...groups.values()], CONCURRENCY, async (group) => {
    try {
      const asked = group.map(({ entry, content: { redrive } }) => ({ ...redrive, holder: entry.recordId }));
      const passed = await takePasses(table, asked, signal);
      for (const [i, each] of group.entries())
        results.push(passed[i] ? each : { ...each, entry: { ...each.entry, ended: REPLAYED } });
    } catch (error) {
      errors.add(error instanceof Error ? error.name : 'Error');
      for (const each of group) results.push({ ...each, entry: { ...each.entry, ended: UNCHECKED } });
    }
  });
  if (errors.size > 0) logger.error('Replayed records could not be checked', { errors: [...errors] });
  return results;
}
