import { logger } from '../platform/logger.ts';
import { setting } from '../platform/settings.ts';
import { permanent, transient } from '../record/failure.ts';
import { dropped, failed } from '../record/outcome.ts';
import { isRedriven, readRedriven } from '../record/redriven.ts';
import type { FirehoseBatch, FirehoseRecord } from '../sources/firehose.ts';
import { takePass } from './passes-table.ts';
import { inParallel } from './table.ts';

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

/**
 * Opens the envelopes of records that the replayer put back, and lets one of those with the same token through, also when
 * it comes again. A batch without such records is given back as it is. Why this is sound: docs/decisions/replay.md.
 */
export async function openRedriven(batch: FirehoseBatch): Promise<FirehoseBatch> {
  const redriven = batch.records.flatMap(({ record }, index) =>
    record !== undefined && isRedriven(record.data) ? [index] : [],
  );
  if (redriven.length === 0) return batch;
  const table = setting('LEDGER_TABLE');
  const signal = AbortSignal.timeout(GATE_MS);
  const records = [...batch.records];
  const errors = new Set<string>();
  await inParallel(redriven, CONCURRENCY, async (index) => {
    records[index] = await opened(batch.records[index]!, table, signal, errors);
  });
  if (errors.size > 0) logger.error('Replayed records could not be checked', { errors: [...errors] });
  return { ...batch, records };
}

async function opened(
  entry: FirehoseRecord,
  table: string | undefined,
  signal: AbortSignal,
  errors: Set<string>,
): Promise<FirehoseRecord> {
  const { record, recordId } = entry;
  const content = record === undefined ? undefined : readRedriven(record.data);
  if (record === undefined || content === undefined) return { ...entry, ended: DAMAGED };
  const opened = { ...entry, record: { ...record, data: content.data } };
  if (table === undefined) return { ...opened, ended: NO_LEDGER };
  try {
    const { token, put } = content.redrive;
    const passed = await takePass(table, { token, put, holder: recordId }, signal);
    return passed ? opened : { ...opened, ended: REPLAYED };
  } catch (error) {
    errors.add(error instanceof Error ? error.name : 'Error');
    return { ...opened, ended: UNCHECKED };
  }
}
