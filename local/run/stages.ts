import type { LocalAccount } from '../account/start-local.ts';
import type { MetricTally } from '../accounting/metrics.ts';
import type { ProducerFigures } from '../producer/kinesis.ts';
import type { Stage } from '../progress/progress.ts';
import type { Feed } from './feed.ts';
import type { StackParts } from './stack.ts';

/** A feed and what was sent of it. */
export interface Sending {
  readonly feed: Feed;
  readonly figures: ProducerFigures;
}

/** What the progress lines show: the stations on a record's way. */
export function stagesOf(
  account: LocalAccount,
  parts: StackParts,
  feeds: readonly Sending[],
  metrics: MetricTally,
): readonly Stage[] {
  const delivery = (name: string) => account.firehose.figures().find((figures) => figures.name === name);
  const done = (name: string): number => delivery(name)?.documents ?? 0;
  const objects = (name: string): string => `${delivery(name)?.objects ?? 0} objects`;
  return feeds.flatMap(({ feed, figures }): Stage[] =>
    feed.name === 'logs'
      ? [
          { name: 'log events', done: () => figures.sent, ...expected(feed) },
          { name: 'decoded', done: () => metrics.total('RecordsIn', parts.decoder) },
          { name: 'in the lake', done: () => done(parts.logsDelivery), note: () => objects(parts.logsDelivery) },
        ]
      : [
          { name: 'sent', done: () => figures.sent, ...expected(feed), note: () => sentNote(feed, figures) },
          { name: 'consumed', done: () => metrics.total('RecordsIn', parts.consumer) },
          { name: 'transformed', done: () => transformed(metrics, parts) },
          { name: 'in the lake', done: () => done(parts.eventsDelivery), note: () => objects(parts.eventsDelivery) },
        ],
  );
}

/** Documents that have gone through the transform; what it is handed may be several that the consumer joined. */
function transformed(metrics: MetricTally, parts: StackParts): number {
  return metrics.total('DocumentsOk', parts.transform);
}

function expected({ expected: count }: Feed): { expected?: number } {
  return count === undefined ? {} : { expected: count };
}

function sentNote({ own }: Feed, { refused }: ProducerFigures): string {
  const { size } = own?.source ?? {};
  const share = size === undefined ? undefined : Math.round(((own?.source.bytesRead() ?? 0) * 100) / size);
  return [share === undefined ? '' : `${share} % of the file`, refused === 0 ? '' : `${refused} throttled`]
    .filter((note) => note !== '')
    .join(', ');
}
