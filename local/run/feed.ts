import type { Options } from '../command-line/arguments.ts';
import { GENERATORS } from '../generator/index.ts';
import { type Entry, type Generator, generate } from '../generator/records.ts';
import type { OpenInput } from '../input/open.ts';
import { type InputFigures, inputRecords } from '../input/records.ts';
import { keepRefusedLines, type RefusedFolder } from '../input/refused.ts';
import { LARGEST_LOG_EVENT } from '../producer/log-events.ts';

/** What one stream is fed with. */
export interface Feed {
  readonly name: StreamName;
  batches(): AsyncIterable<readonly Entry[]> | Iterable<readonly Entry[]>;
  /** How many records there will be, where that is known. */
  readonly expected: number | undefined;
  /** Present for generated records: each can be made again. */
  readonly generated?: Generated;
  /** Present for a person's own records. */
  readonly own?: { readonly figures: InputFigures; readonly refused: RefusedFolder; readonly source: OpenInput };
}

/** The event stream, or CloudWatch Logs. */
export type StreamName = 'events' | 'logs';

interface Generated {
  readonly generator: Generator;
  readonly total: number;
  readonly seed: number;
}

/** The pipeline whose records are log events: they come by CloudWatch Logs, not by the event stream. */
const LOGS_PIPELINE = 'application-logs';

/** `streamRecordBytes`: the largest record that the event stream takes, key included. */
export function feedsOf(
  options: Options,
  input: OpenInput | undefined,
  { refusedFolder, streamRecordBytes }: { refusedFolder: string; streamRecordBytes: number },
): readonly Feed[] {
  const { pipeline, events, logEvents, seed } = options;
  const isLogs = pipeline === LOGS_PIPELINE;
  const name = isLogs ? 'logs' : 'events';
  if (input !== undefined) {
    const refused = keepRefusedLines(refusedFolder);
    const mostBytes = isLogs ? LARGEST_LOG_EVENT : streamRecordBytes;
    const { batches, figures } = inputRecords(input, { rows: options.rows, mostBytes, refused });
    return [{ name, batches, expected: undefined, own: { figures, refused, source: input } }];
  }
  const feeds = [generatedFeed(name, pipeline, events, seed)];
  if (!isLogs && logEvents > 0) feeds.push(generatedFeed('logs', LOGS_PIPELINE, logEvents, seed));
  return feeds;
}

function generatedFeed(name: StreamName, pipeline: string, total: number, seed: number): Feed {
  const generator = GENERATORS[pipeline];
  if (generator === undefined) {
    throw new Error(`Nothing can be generated for the pipeline ${pipeline}: give it an --input`);
  }
  const generated = { generator, total, seed };
  return { name, batches: () => generate(generator, total, seed), expected: total, generated };
}
