import { logger } from '../platform/logger.ts';
import { count, unit } from '../platform/metrics.ts';
import type { Failure } from '../record/failure.ts';
import type { FirehoseBatch } from './firehose-batch.ts';
import type { FirehoseResult } from './firehose-respond.ts';

/** More partitions in one invocation than this is worth a look: a delivery stream keeps 500 open at a time. */
const MANY_COMBINATIONS = 100;

interface FailureTally {
  readonly failure: Failure;
  readonly firstRecordId: string;
  count: number;
}

interface Tallies {
  ok: number;
  documentsOk: number;
  bytesOut: number;
  reingested: number;
  readonly dropped: Map<string, number>;
  readonly documentsDropped: Map<string, number>;
  readonly failed: Map<string, FailureTally>;
}

/** Counts what became of a batch: metrics, one log line for it, and one for each distinct failure. Never payload. */
export function reportFirehose(
  batch: FirehoseBatch,
  result: FirehoseResult,
  combinations: number,
  durationMs: number,
): void {
  const tallies = tally(batch, result);
  const records = batch.records.length;
  let bytesIn = 0;
  for (let index = 0; index < records; index++) bytesIn += bytesOfBase64(batch.records[index]!.encoded);
  countAll(tallies, records, bytesIn, durationMs, combinations);
  for (const { failure, firstRecordId, count: failures } of tallies.failed.values()) {
    const { code, stage, message, retryable } = failure;
    logger.warn('records failed', { code, stage, count: failures, firstRecordId, reason: message, retryable });
  }
  logger.info('records transformed', {
    deliveryStream: batch.deliveryStream,
    records,
    ok: tallies.ok,
    dropped: Object.fromEntries(tallies.dropped),
    failed: Object.fromEntries(
      [...tallies.failed.values()].map(({ failure, count: failures }) => [failure.code, failures]),
    ),
    reingested: tallies.reingested,
    bytesIn,
    bytesOut: tallies.bytesOut,
    durationMs: Math.round(durationMs * 10) / 10,
  });
}

const PADDING = 0x3d;

/** How many bytes base64 encodes. */
function bytesOfBase64(encoded: string): number {
  let characters = encoded.length;
  for (let i = 0; i < 2 && encoded.charCodeAt(characters - 1) === PADDING; i++) characters--;
  return (characters * 3) >>> 2;
}

function tally({ records }: FirehoseBatch, { endings }: FirehoseResult): Tallies {
  const tallies: Tallies = {
    ok: 0,
    documentsOk: 0,
    bytesOut: 0,
    reingested: 0,
    dropped: new Map(),
    documentsDropped: new Map(),
    failed: new Map(),
  };
  for (let index = 0; index < endings.length; index++) {
    const ending = endings[index]!;
    if (ending.kind === 'ok') {
      tallies.ok++;
      tallies.documentsOk += ending.documents;
      tallies.bytesOut += ending.bytes;
      const { droppedDocuments } = ending;
      for (const reason in droppedDocuments) add(tallies.documentsDropped, reason, droppedDocuments[reason]!);
    } else if (ending.kind === 'dropped') {
      add(tallies.dropped, ending.reason, 1);
      add(tallies.documentsDropped, ending.reason, ending.documents);
    } else if (ending.kind === 'reingested') tallies.reingested++;
    else addFailure(tallies.failed, ending.failure, records[index]!.recordId);
  }
  return tallies;
}

function add(counts: Map<string, number>, name: string, more: number): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}

function addFailure(failed: Map<string, FailureTally>, failure: Failure, recordId: string): void {
  const key = `${failure.stage} ${failure.code}`;
  const known = failed.get(key);
  if (known === undefined) failed.set(key, { failure, firstRecordId: recordId, count: 1 });
  else known.count++;
}

function countAll(tallies: Tallies, records: number, bytesIn: number, durationMs: number, combinations: number): void {
  count('RecordsIn', records);
  count('RecordsOk', tallies.ok);
  count('DocumentsOk', tallies.documentsOk);
  count('RecordsReingested', tallies.reingested);
  count('BytesIn', bytesIn, {}, unit.Bytes);
  count('BytesOut', tallies.bytesOut, {}, unit.Bytes);
  if (records > 0) count('DurationPerRecord', (durationMs * 1000) / records, {}, unit.Microseconds);
  if (combinations > MANY_COMBINATIONS) {
    count('PartitionCombinations', combinations);
    logger.warn('many partition key combinations', { combinations, expected: MANY_COMBINATIONS });
  }
  for (const [reason, dropped] of tallies.dropped) count('RecordsDropped', dropped, { reason });
  for (const [reason, dropped] of tallies.documentsDropped) count('DocumentsDropped', dropped, { reason });
  for (const { failure, count: failures } of tallies.failed.values()) {
    count('RecordsFailed', failures, { code: failure.code });
  }
}
