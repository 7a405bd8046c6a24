import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SERVICE } from './service.ts';
import { setting } from './settings.ts';

/** Units as CloudWatch names them. */
export const unit = MetricUnit;
export type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** The namespace of every metric the suite emits. */
const NAMESPACE = setting('POWERTOOLS_METRICS_NAMESPACE') ?? 'Sluice';

/** What a metric is told apart by, beside the pipeline: `{ reason: 'internal traffic' }`. Of bounded cardinality. */
export type Dimensions = Readonly<Record<string, string>>;

interface Tally {
  readonly dimensions: Dimensions;
  readonly values: Map<string, { unit: Unit; value: number }>;
}

const tallies = new Map<string, Tally>();

/** Adds to a metric of this invocation. Emitted by `flushMetrics`, summed: one figure a metric and dimension set. */
export function count(name: string, value: number, dimensions: Dimensions = {}, as: Unit = unit.Count): void {
  const key = JSON.stringify(Object.entries(dimensions).sort());
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = { dimensions, values: new Map() };
    tallies.set(key, tally);
  }
  const known = tally.values.get(name);
  if (known === undefined) tally.values.set(name, { unit: as, value });
  else known.value += value;
}

/**
 * Writes everything counted since the last flush as EMF documents to standard output, one for each set of dimensions.
 * EMF: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function flushMetrics(pipeline: string): void {
  for (const { dimensions, values } of tallies.values()) {
    const metrics = new Metrics({
      namespace: NAMESPACE,
      serviceName: SERVICE,
      defaultDimensions: { pipeline, ...dimensions },
    });
    for (const [name, { unit: as, value }] of values) metrics.addMetric(name, as, value);
    metrics.publishStoredMetrics();
  }
  tallies.clear();
}
