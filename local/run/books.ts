/** The books of a run: what came in against what the account holds now. */
import type { LocalAccount } from '../account/start-local.ts';
import { type Balance, balanceByIndex, balanceByNumber, stoppedBalance } from '../accounting/balance.ts';
import { createIndexSet } from '../accounting/index-set.ts';
import { readLake } from '../accounting/lake.ts';
import type { MetricTally } from '../accounting/metrics.ts';
import { type Belongs, readQuarantine } from '../accounting/quarantine.ts';
import type { DeliveryFigures } from '../firehose/figures.ts';
import type { Feed, StreamName } from './feed.ts';
import { lakeTable, type StackParts } from './stack.ts';
import { countWaiting } from './waiting.ts';

/** One feed and how many of its records were taken. */
export interface Sent {
  readonly feed: Feed;
  readonly taken: number;
  /** The run was stopped before its end. */
  readonly partly: boolean;
}

export interface Books {
  readonly balance: Balance;
  readonly quarantinedByCode: Readonly<Record<string, number>>;
  readonly remarks: readonly string[];
}

/** Where one stream's records end. */
interface Destination {
  readonly table: string;
  readonly delivery: string;
  /** The function that reads the records: consumer or decoder. */
  readonly reader: string;
  /** The delivery stream's function, where it has one. */
  readonly transform: string | undefined;
  readonly belongs: Belongs;
}

export async function keepBooks(
  account: LocalAccount,
  parts: StackParts,
  metrics: MetricTally,
  { feed, taken, partly }: Sent,
): Promise<Books> {
  const destination = destinationOf(feed.name, parts);
  const figures = account.firehose.figures().find(({ name }) => name === destination.delivery);
  const { generated } = feed;
  const byIndex = generated !== undefined && !partly && hasIndex(account, parts, destination.table);
  const total = byIndex ? generated.total : 0;
  const delivered = byIndex ? createIndexSet(total) : undefined;
  const quarantined = byIndex ? createIndexSet(total) : undefined;
  const table = lakeTable(account.template.resources, destination.table, account.objects.folderOf(parts.lakeBucket));
  const lake = await readLake(table, delivered);
  const aside = await readQuarantine(account.objects, parts.quarantineBucket, destination.belongs, quarantined);
  const waiting = await countWaiting(account, parts, feed.name);
  const refused = refusedLines(feed);
  const dropped = sumOf(droppedBy(metrics, destination));
  const balance =
    delivered !== undefined && quarantined !== undefined && generated !== undefined
      ? balanceByIndex({
          total,
          delivered,
          quarantined,
          duplicates: lake.duplicates,
          isDropped: (index) => generated.generator.isDropped(index, total, generated.seed),
          droppedInMetrics: dropped,
          waiting,
        })
      : balanceByNumber({
          in: taken + refused,
          inLake: Math.max(0, lake.rows - extraDocuments(metrics, destination.reader)),
          dropped,
          quarantined: aside.records + refused,
          waiting,
        });
  return {
    balance: partly ? stoppedBalance(balance) : balance,
    quarantinedByCode: aside.byCode,
    remarks: remarksOf(feed, lake.rows, figures),
  };
}

/** CloudWatch Logs sends it to try a subscription: no record that came in. */
const CONTROL_MESSAGE = 'control message';

/**
 * Records left out, by reason. What the transform is handed may be several records that the consumer joined: there the
 * documents count.
 */
export function droppedBy(
  metrics: MetricTally,
  { reader, transform }: Pick<Destination, 'reader' | 'transform'>,
): Readonly<Record<string, number>> {
  const { [CONTROL_MESSAGE]: _none, ...byReader } = metrics.by('RecordsDropped', 'reason', reader);
  const reasons: Record<string, number> = byReader;
  if (transform === undefined) return reasons;
  for (const [reason, count] of Object.entries(metrics.by('DocumentsDropped', 'reason', transform))) {
    reasons[reason] = (reasons[reason] ?? 0) + count;
  }
  return reasons;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export function destinationOf(name: StreamName, parts: StackParts): Destination {
  const isLogs: Belongs = (origin) => {
    const { kind, deliveryStream } = (origin ?? {}) as { kind?: string; deliveryStream?: string };
    return kind === 'logs' || deliveryStream === parts.logsDelivery;
  };
  return name === 'logs'
    ? {
        table: 'LogEventsTable',
        delivery: parts.logsDelivery,
        reader: parts.decoder,
        transform: undefined,
        belongs: isLogs,
      }
    : {
        table: 'EventsTable',
        delivery: parts.eventsDelivery,
        reader: parts.consumer,
        transform: parts.transform,
        belongs: (origin) => !isLogs(origin),
      };
}

/** Rows of Parquet keep their index in one column, where the table has one; lines of NDJSON have it somewhere. */
function hasIndex(account: LocalAccount, parts: StackParts, table: string): boolean {
  const { format, idColumn } = lakeTable(account.template.resources, table, parts.lakeBucket);
  return format === 'ndjson' || idColumn !== undefined;
}

function refusedLines({ own }: Feed): number {
  return Object.values(own?.refused.counts() ?? {}).reduce((sum, count) => sum + count, 0);
}

/** A record may hold several documents, each a row: how many there were beyond one a record. */
function extraDocuments(metrics: MetricTally, reader: string): number {
  return metrics.total('DocumentsDelivered', reader) - metrics.total('RecordsDelivered', reader);
}

function remarksOf(feed: Feed, rows: number, figures: DeliveryFigures | undefined): string[] {
  const remarks: string[] = [];
  if (figures !== undefined && rows !== figures.documents) {
    remarks.push(`Firehose says it delivered ${figures.documents} rows of ${feed.name}; the lake holds ${rows}`);
  }
  if (figures !== undefined && figures.undelivered > 0) {
    remarks.push(`${figures.undelivered} records of ${feed.name} could not be written to S3 in time`);
  }
  const damage = feed.own?.figures.damage;
  if (damage !== undefined) remarks.push(`${damage}; the records before that went through`);
  const blank = feed.own?.figures.blank ?? 0;
  if (blank > 0) remarks.push(`${blank} blank lines of the input are no records`);
  return remarks;
}
