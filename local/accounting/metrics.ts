/**
 * What the functions say of their own work: the metrics in their logs, in CloudWatch's embedded format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
import type { Functions } from '../account/contracts.ts';

/** One metric of one function, summed. */
interface MetricSum {
  readonly functionName: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly sum: number;
}

export interface MetricTally {
  /** Everything counted so far. */
  all(): readonly MetricSum[];
  /** The sum of a metric over functions and dimensions. */
  total(name: string, functionName?: string): number;
  /** The sums of a metric by one of its dimensions: reason → count. */
  by(name: string, dimension: string, functionName?: string): Readonly<Record<string, number>>;
  stop(): void;
}

interface EmbeddedMetrics {
  readonly _aws?: {
    readonly CloudWatchMetrics?: readonly {
      readonly Dimensions?: readonly (readonly string[])[];
      readonly Metrics?: readonly { readonly Name?: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/** Adds up the metrics of every function from now on. */
export function tallyMetrics(functions: Pick<Functions, 'onLog'>): MetricTally {
  const sums = new Map<
    string,
    { functionName: string; name: string; dimensions: Record<string, string>; sum: number }
  >();

  function add(functionName: string, name: string, dimensions: Record<string, string>, value: number): void {
    const key = JSON.stringify([functionName, name, dimensions]);
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { functionName, name, dimensions, sum: value });
    else known.sum += value;
  }

  const stop = functions.onLog((functionName, line) => {
    if (!line.includes('"_aws"')) return;
    for (const { name, dimensions, value } of readMetrics(line)) add(functionName, name, dimensions, value);
  });
  const matching = (name: string, functionName?: string) =>
    [...sums.values()].filter(
      (sum) => sum.name === name && (functionName === undefined || sum.functionName === functionName),
    );

  return {
    all: () => [...sums.values()],
    total: (name, functionName) => matching(name, functionName).reduce((total, { sum }) => total + sum, 0),
    by(name, dimension, functionName) {
      const counts: Record<string, number> = {};
      for (const { dimensions, sum } of matching(name, functionName)) {
        const value = dimensions[dimension] ?? '';
        counts[value] = (counts[value] ?? 0) + sum;
      }
      return counts;
    },
    stop,
  };
}

interface Reading {
  readonly name: string;
  readonly dimensions: Record<string, string>;
  readonly value: number;
}

/** The metrics of one log line; none where the line is anything else. */
export function readMetrics(line: string): readonly Reading[] {
  let document: EmbeddedMetrics;
  try {
    document = JSON.parse(line);
  } catch {
    return [];
  }
  const readings: Reading[] = [];
  for (const { Dimensions = [], Metrics = [] } of document._aws?.CloudWatchMetrics ?? []) {
    const names = new Set(Dimensions.flat());
    const dimensions = Object.fromEntries([...names].map((name) => [name, String(document[name])]));
    for (const { Name: name } of Metrics) {
      if (name === undefined) continue;
      const values = [document[name]].flat().filter((value) => typeof value === 'number');
      readings.push({ name, dimensions, value: values.reduce((sum, value) => sum + value, 0) });
    }
  }
  return readings;
}
