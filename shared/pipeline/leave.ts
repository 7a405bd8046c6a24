import type { JsonDocument } from '../json/index.ts';
import type { ByteString } from '../record/byte-string.ts';
import { type Failure, permanent } from '../record/failure.ts';
import { dropped, failed, type IcebergTarget, type Ok, type Outcome, type PartitionKeys } from '../record/outcome.ts';
import { sameTarget } from './iceberg.ts';
import { type Item, within } from './item.ts';
import { samePartition } from './partition.ts';
import type { Plan } from './plan.ts';

/** What becomes of a record whose documents have passed every step. Never throws. */
export function leave(plan: Plan, item: Item): Outcome {
  const { documents, out } = item;
  try {
    if (out === undefined) return plan.forwards ? forward(plan, item) : encode(plan, documents, documents);
    return leaveSome(plan, item, out);
  } catch {
    return failed(permanent('EncodeFailed', 'encode', `the record could not leave as ${plan.definition.output.name}`));
  }
}

/** Some documents were dropped. */
function leaveSome(plan: Plan, item: Item, out: NonNullable<Item['out']>): Outcome {
  const { documents } = item;
  const reasons: Record<string, number> = Object.create(null);
  const kept: JsonDocument[] = [];
  for (let index = 0; index < documents.length; index++) {
    const reason = out[index]?.reason;
    if (reason === undefined) kept.push(documents[index]!);
    else reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  if (kept.length === 0) return dropped(out[0]!.reason, documents.length);
  if (plan.forwards) return forward(plan, item);
  const outcome = encode(plan, documents, kept);
  return outcome.kind === 'ok' ? { ...outcome, droppedDocuments: { ...reasons } } : outcome;
}

/**
 * The record as it came, for the transform behind: with a line's end where it is text, so that records can be joined.
 * Where its documents want different partition keys it has none.
 */
function forward(plan: Plan, { context, documents }: Item): Outcome {
  const { data } = context.record;
  const keys = plan.partition && documents.map(plan.partition);
  const same = keys?.every((other) => samePartition(keys[0]!, other)) === true;
  return {
    kind: 'ok',
    data: data.startsWith(GZIP) || data.endsWith('\n') ? data : `${data}\n`,
    documents: documents.length,
    ...(same && { partitionKeys: keys[0]! }),
  };
}

/** RFC 1952, section 2.3.1. */
const GZIP = '\x1f\x8b';

function encode(plan: Plan, all: readonly JsonDocument[], kept: readonly JsonDocument[]): Outcome {
  const { output } = plan.definition;
  const [first] = kept;
  const partitionKeys = plan.partition?.(first!);
  const iceberg = plan.iceberg?.(first!);
  for (const document of kept) {
    const failure = placeFault(plan, document, document === first, partitionKeys, iceberg);
    if (failure !== undefined) return failed(all.length > 1 ? within(failure, all.indexOf(document)) : failure);
  }
  const data = output.encode(kept.length === 1 ? [first!.text()] : kept.map((document) => document.text()));
  const documents = kept.length;
  const ok = new Encoded(data, documents, partitionKeys);
  return iceberg === undefined ? ok : { ...ok, iceberg };
}

/** The record goes on. Made by a constructor and no literal: see shared/json/fragment.ts. */
class Encoded implements Ok {
  readonly kind = 'ok';
  readonly data: ByteString;
  readonly documents: number;
  readonly partitionKeys?: PartitionKeys;

  constructor(data: ByteString, documents: number, partitionKeys: PartitionKeys | undefined) {
    this.data = data;
    this.documents = documents;
    if (partitionKeys !== undefined) this.partitionKeys = partitionKeys;
  }
}

/** Why a document can't go where the first one of its record goes. */
function placeFault(
  plan: Plan,
  document: JsonDocument,
  isFirst: boolean,
  partitionKeys: PartitionKeys | undefined,
  iceberg: IcebergTarget | undefined,
): Failure | undefined {
  if (!isFirst && partitionKeys !== undefined && !samePartition(partitionKeys, plan.partition!(document))) {
    return permanent('PartitionConflict', 'partition', 'documents of one record want different partition keys');
  }
  if (plan.iceberg === undefined) return undefined;
  const target = isFirst ? iceberg : plan.iceberg(document);
  if (target === undefined) {
    return permanent('NoIcebergTarget', 'partition', 'the document names no Iceberg table, or an unknown operation');
  }
  if (iceberg !== undefined && !sameTarget(iceberg, target)) {
    return permanent('PartitionConflict', 'partition', 'documents of one record want different Iceberg tables');
  }
  return undefined;
}
