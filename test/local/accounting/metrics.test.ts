import { describe, expect, it } from 'vitest';
import { readMetrics, tallyMetrics } from '../../../local/accounting/metrics.ts';

function embedded(values: Record<string, number | number[]>, dimensions: Record<string, string>): string {
  const metric = {
    Namespace: 'Sluice',
    Dimensions: [Object.keys(dimensions)],
    Metrics: Object.keys(values).map((Name) => ({ Name })),
  };
  return JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: [metric] }, ...dimensions, ...values });
}

function logs() {
  let listener: (functionName: string, line: string, requestId: string | undefined) => void = () => {};
  return {
    onLog: (to: typeof listener) => {
      listener = to;
      return () => {
        listener = () => {};
      };
    },
    write: (functionName: string, line: string) => listener(functionName, line, undefined),
  };
}

describe('metrics in log lines', () => {
  it('are added up by function and dimension', () => {
    const source = logs();
    const tally = tallyMetrics(source);
    source.write('consumer', embedded({ RecordsDropped: 3 }, { pipeline: 'p', reason: 'internal' }));
    source.write('consumer', embedded({ RecordsDropped: [2, 4] }, { pipeline: 'p', reason: 'bots' }));
    source.write('transform', embedded({ RecordsDropped: 1, RecordsIn: 9 }, { pipeline: 'p', reason: 'internal' }));
    source.write('transform', 'START RequestId: 1');
    source.write('transform', '{"message":"not \\"_aws\\" metrics"}');
    expect(tally.total('RecordsDropped')).toBe(10);
    expect(tally.total('RecordsDropped', 'consumer')).toBe(9);
    expect(tally.by('RecordsDropped', 'reason')).toEqual({ internal: 4, bots: 6 });
    expect(tally.total('RecordsIn')).toBe(9);
    tally.stop();
    source.write('consumer', embedded({ RecordsDropped: 5 }, { reason: 'internal' }));
    expect(tally.total('RecordsDropped')).toBe(10);
  });

  it('are not found in lines that only look like them', () => {
    expect(readMetrics('{"_aws":')).toEqual([]);
    expect(readMetrics('{"_aws":{"CloudWatchMetrics":[{"Metrics":[{"Name":"X"}]}]},"X":"7"}')).toEqual([
      { name: 'X', dimensions: {}, value: 0 },
    ]);
  });
});
