import type { Constraints, Members } from './constraints.ts';
import { invalidArgument, unsupported } from './errors.ts';
import type { ProcessingSettings, Splitting, TransformSettings } from './settings.ts';

const MIB = 1024 * 1024;
const TYPES = [
  'RecordDeAggregation',
  'Decompression',
  'CloudWatchLogProcessing',
  'Lambda',
  'MetadataExtraction',
  'AppendDelimiterToRecord',
];
const PARAMETERS = [
  'LambdaArn',
  'NumberOfRetries',
  'MetadataExtractionQuery',
  'JsonParsingEngine',
  'RoleArn',
  'BufferSizeInMBs',
  'BufferIntervalInSeconds',
  'SubRecordType',
  'Delimiter',
  'CompressionFormat',
  'DataMessageExtraction',
];

interface Processor {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export const NO_PROCESSING: ProcessingSettings = {
  decompress: false,
  extractMessages: false,
  split: undefined,
  transform: undefined,
  delimiter: undefined,
};

/** The processors of a ProcessingConfiguration; undefined where it is off, which is what an absent `Enabled` means. */
export function readProcessors(check: Constraints, of: Members, path: string): readonly Processor[] | undefined {
  const configuration = check.object(of, 'ProcessingConfiguration', path);
  if (configuration === undefined) return undefined;
  const at = `${path}.processingConfiguration.processors`;
  const processors = (check.list(configuration, 'Processors') ?? []).map((processor, index): Processor => {
    const here = `${at}.${index + 1}.member`;
    const type = check.text(processor, 'Type', here, { required: true, oneOf: TYPES }) ?? '';
    const parameters: Record<string, string> = {};
    for (const [place, parameter] of (check.list(processor, 'Parameters') ?? []).entries()) {
      const there = `${here}.parameters.${place + 1}.member`;
      const name = check.text(parameter, 'ParameterName', there, { required: true, oneOf: PARAMETERS });
      const value = check.text(parameter, 'ParameterValue', there, { required: true, shortest: 1, longest: 5120 });
      if (name !== undefined && value !== undefined) parameters[name] = value;
    }
    return { type, parameters };
  });
  return check.flag(configuration, 'Enabled') === true ? processors : undefined;
}

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_Processor.html */
export function processingSettings(
  processors: readonly Processor[] | undefined,
  dynamicPartitioning: boolean,
): ProcessingSettings {
  if (processors === undefined) return NO_PROCESSING;
  if (processors.length < 1 || processors.length > 5) {
    throw invalidArgument(
      'A maximum of 5 and a minimum of 1 processor needs to be supplied when processing is enabled.',
    );
  }
  const one = (type: string): Processor | undefined => {
    const found = processors.filter((processor) => processor.type === type);
    if (found.length > 1) throw invalidArgument(`Cannot have more than 1 ${type} processor.`);
    return found[0];
  };
  if (one('MetadataExtraction') !== undefined) {
    throw unsupported('the MetadataExtraction processor (jq); give partition keys from a Lambda processor instead');
  }
  const splitter = one('RecordDeAggregation');
  if (splitter !== undefined && !dynamicPartitioning) throw invalidArgument(onlyPartitioned('RecordDeAggregation'));
  const decompression = one('Decompression');
  const logs = one('CloudWatchLogProcessing');
  if (logs !== undefined && decompression === undefined) {
    throw invalidArgument('CloudWatchLogProcessingProcessor can only be enabled with DecompressionProcessor');
  }
  const lambda = one('Lambda');
  return {
    decompress: decompression !== undefined && isGzip(decompression),
    extractMessages: logs !== undefined && extracts(logs),
    split: splitter === undefined ? undefined : splitting(splitter),
    transform: lambda === undefined ? undefined : transformSettings(lambda),
    delimiter: one('AppendDelimiterToRecord') === undefined ? undefined : Buffer.from('\n'),
  };
}

function onlyPartitioned(type: string): string {
  const name = `com.amazonaws.services.firehose.internal.model.${type}Processor`;
  return `class ${name} can only be present when Dynamic Partitioning is enabled.`;
}

function isGzip({ parameters }: Processor): boolean {
  if ((parameters.CompressionFormat ?? 'GZIP') !== 'GZIP') throw invalidArgument('CompressionFormat has to be GZIP');
  return true;
}

function extracts({ parameters }: Processor): boolean {
  const value = (parameters.DataMessageExtraction ?? '').toLowerCase();
  if (value === 'true' || value === 'false') return value === 'true';
  throw invalidArgument('Invalid parameter value for DataMessageExtraction. Allowed values are True and False.');
}

function splitting({ parameters }: Processor): Splitting {
  const type = parameters.SubRecordType;
  if (type === 'JSON') return { by: 'json' };
  if (type !== 'DELIMITED') throw invalidArgument('SubRecordType has to be one of JSON, DELIMITED');
  if (parameters.Delimiter === undefined) throw invalidArgument('Delimiter should be present for DELIMITED');
  const delimiter = Buffer.from(parameters.Delimiter, 'base64');
  if (delimiter.length === 0) throw invalidArgument('Delimiter should be base64 encoded');
  return { by: 'delimiter', delimiter };
}

function transformSettings({ parameters }: Processor): TransformSettings {
  const { LambdaArn, BufferSizeInMBs, BufferIntervalInSeconds, NumberOfRetries } = parameters;
  if (LambdaArn === undefined) throw invalidArgument('LambdaArn is required when Lambda processor is used.');
  if ((BufferSizeInMBs === undefined) !== (BufferIntervalInSeconds === undefined)) {
    throw invalidArgument(
      'Both BufferSizeInMBs and BufferIntervalInSeconds are required to configure buffering for lambda processor.',
    );
  }
  const size = numberBetween(BufferSizeInMBs ?? '1', 0.2, 3);
  if (size === undefined) throw invalidArgument('BufferSizeInMBs for lambda processor must be between 0.2 and 3.');
  const seconds = numberBetween(BufferIntervalInSeconds ?? '60', 0, 900);
  if (seconds === undefined) {
    throw invalidArgument('BufferIntervalInSeconds for lambda processor must be between 0 and 900.');
  }
  const retries = numberBetween(NumberOfRetries ?? '3', 0, 300);
  if (retries === undefined || !Number.isInteger(retries)) {
    throw invalidArgument('Number of retries for lambda must be between 0 and 300.');
  }
  return { functionArn: LambdaArn, retries, bufferBytes: Math.floor(size * MIB), bufferMs: seconds * 1000 };
}

function numberBetween(text: string, least: number, most: number): number | undefined {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return value >= least && value <= most ? value : undefined;
}
