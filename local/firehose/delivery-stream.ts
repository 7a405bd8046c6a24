/**
 * One delivery stream with one configuration: records in, objects out. The order of work: decompression, splitting,
 * transform, partitioning, conversion.
 */
import type { Functions } from '../account/contracts.ts';
import { readLogRecord } from './log-events.ts';
import { createOutputs, type Outputs, type OutputsOptions } from './outputs.ts';
import type { Source, StreamRecord } from './record.ts';
import { splitRecord } from './splitting.ts';
import { createTransform, type Transform } from './transform.ts';
import type { Transformed } from './transform-invocation.ts';

export interface DeliveryStream {
  /** Takes in a record; resolves, when many wait for the transform, once there is room for more. */
  take(source: Source): void;
  room(): Promise<void>;
  /** Delivers everything now. */
  flush(): Promise<void>;
  held(): number;
  idle(): boolean;
  stop(): Promise<void>;
}

export interface DeliveryStreamOptions extends OutputsOptions {
  readonly functions: Functions;
  readonly sourceKinesisStreamArn: string | undefined;
  readonly region: string;
  /** Invocations of the transform at once. */
  readonly parallel: number;
}

const NOT_LOGS = {
  code: 'Decompression failed.',
  message: 'Decompression failed because input data does not conform to cloudwatch log.',
};

export function createDeliveryStream(options: DeliveryStreamOptions): DeliveryStream {
  const { tally } = options;
  const { processing } = options.settings;
  const outputs = createOutputs(options);
  const transform = processing.transform === undefined ? undefined : transformOf(options, outputs);

  function parts(source: Source): readonly Buffer[] | undefined {
    const data = processing.decompress ? readLogRecord(source.data, processing.extractMessages) : source.data;
    if (data === undefined) return undefined;
    return processing.split === undefined ? [data] : splitRecord(data, processing.split);
  }

  function pass(record: StreamRecord): void {
    tally.records++;
    if (transform === undefined) outputs.deliver(record, record.data, undefined);
    else transform.add(record);
  }

  return {
    take(source) {
      tally.recordsIn++;
      tally.bytesIn += source.data.length;
      outputs.backup(source);
      const made = parts(source);
      if (made === undefined) {
        tally.records++;
        outputs.fail('decompression-failed', { source, data: source.data, raw: source.data, part: 0 }, NOT_LOGS, 1);
        return;
      }
      for (const [part, data] of made.entries()) {
        pass({ source, data, raw: made.length > 1 ? data : source.data, part });
      }
    },
    room: () => transform?.room() ?? Promise.resolve(),
    async flush() {
      transform?.flush();
      await transform?.settled();
      await outputs.flush();
    },
    held: () => (transform?.held() ?? 0) + outputs.held(),
    idle: () => (transform?.idle() ?? true) && outputs.idle(),
    async stop() {
      transform?.stop();
      await outputs.stop();
    },
  };
}

function transformOf(options: DeliveryStreamOptions, outputs: Outputs): Transform {
  const { clock, functions, tally, settings } = options;
  if (settings.processing.transform === undefined) throw new Error('a delivery stream without a transform');
  return createTransform({
    clock,
    functions,
    settings: settings.processing.transform,
    origin: options,
    parallel: options.parallel,
    onInvocation(failed) {
      tally.invocations++;
      if (failed) tally.invocationErrors++;
    },
    onResults(results) {
      for (const transformed of results) sort(transformed);
    },
  });

  function sort({ record, result, attempts }: Transformed): void {
    if (result.kind === 'ok') outputs.deliver(record, result.data, result.partitionKeys);
    else if (result.kind === 'dropped') tally.dropped++;
    else outputs.fail('processing-failed', record, result.failure, attempts);
  }
}
