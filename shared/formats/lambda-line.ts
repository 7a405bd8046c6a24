/**
 * What Lambda itself writes into a function's log group, as text or as JSON:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export interface LambdaLine {
  /** `START`, `END`, `REPORT`, `INIT_START`, `INIT_REPORT`, `RESTORE_START`, `RESTORE_REPORT`, … */
  readonly event: string;
  readonly requestId?: string;
  readonly [measure: string]: string | number | boolean | undefined;
}

const TEXT = /^(START|END|REPORT) RequestId: ([\w-]{1,64})(?=\s|$)|^((?:INIT|RESTORE)_(?:START|REPORT)) /;

/** Names of a text line's measures, as the documents have them. */
const MEASURES: ReadonlyMap<string, string> = new Map([
  ['Duration', 'durationMs'],
  ['Billed Duration', 'billedDurationMs'],
  ['Memory Size', 'memorySizeMb'],
  ['Max Memory Used', 'maxMemoryUsedMb'],
  ['Init Duration', 'initDurationMs'],
  ['Restore Duration', 'restoreDurationMs'],
  ['Billed Restore Duration', 'billedRestoreDurationMs'],
]);
/** Names of its other parts. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['Version', 'version'],
  ['Status', 'status'],
  ['Error Type', 'errorType'],
  ['Phase', 'phase'],
  ['Runtime Version', 'runtimeVersion'],
  ['Runtime Version ARN', 'runtimeVersionArn'],
  ['XRAY TraceId', 'traceId'],
  ['SegmentId', 'segmentId'],
  ['Sampled', 'sampled'],
]);

/** Reads a line that Lambda wrote; undefined for every other. */
export function readLambdaLine(message: string): LambdaLine | undefined {
  const match = TEXT.exec(message);
  if (match === null) return message.startsWith('{') ? readPlatformJson(message) : undefined;
  const [whole, event, requestId, phase] = match;
  const parts = partsOf(message.slice(whole.length).trim());
  return event === undefined ? { event: phase!, ...parts } : { event, requestId: requestId!, ...parts };
}

/** `Duration: 12.30 ms\tBilled Duration: 13 ms`. Names that AWS adds later, and measures that are no numbers, are left alone. */
function partsOf(text: string): Record<string, string | number | boolean> {
  const parts: Record<string, string | number | boolean> = {};
  for (const part of text.split('\t')) {
    const colon = part.indexOf(': ');
    const [name, value] = [part.slice(0, Math.max(colon, 0)).trim(), part.slice(colon + 2).trim()];
    const [measure, word] = [MEASURES.get(name), WORDS.get(name)];
    const number = measure === undefined ? undefined : MEASURE.exec(value)?.[1];
    if (number !== undefined) parts[measure!] = Number(number);
    if (word !== undefined) parts[word] = value === 'true' || value === 'false' ? value === 'true' : value;
  }
  return parts;
}

const MEASURE = /^(\d{1,15}(?:\.\d{1,9})?) (?:ms|MB)$/;

const METRICS: Readonly<Record<string, string>> = {
  durationMs: 'durationMs',
  billedDurationMs: 'billedDurationMs',
  memorySizeMB: 'memorySizeMb',
  maxMemoryUsedMB: 'maxMemoryUsedMb',
  initDurationMs: 'initDurationMs',
  restoreDurationMs: 'restoreDurationMs',
  billedRestoreDurationMs: 'billedRestoreDurationMs',
};

/** `platform.initStart` → `INIT_START`. */
function eventOf(type: string): string {
  return type
    .slice('platform.'.length)
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase();
}

/** The same lines of a function whose log format is JSON: `{"time","type":"platform.report","record":{…}}`. */
function readPlatformJson(message: string): LambdaLine | undefined {
  if (!message.includes('"platform.')) return undefined;
  const value = parsed(message);
  const { type, record } = value ?? {};
  if (typeof type !== 'string' || !/^platform\.[A-Za-z]{1,40}$/.test(type)) return undefined;
  const fields = isRecord(record) ? record : {};
  const metrics = isRecord(fields.metrics) ? fields.metrics : {};
  const measures = Object.entries(METRICS).filter(([name]) => typeof metrics[name] === 'number');
  return {
    event: eventOf(type),
    ...(typeof fields.requestId === 'string' ? { requestId: fields.requestId } : {}),
    ...(typeof fields.version === 'string' ? { version: fields.version } : {}),
    ...Object.fromEntries(measures.map(([name, ours]) => [ours, metrics[name] as number])),
    ...(typeof fields.status === 'string' ? { status: fields.status } : {}),
    ...(typeof fields.errorType === 'string' ? { errorType: fields.errorType } : {}),
  };
}

/** One metric value of an EMF line. */
interface MetricValue {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number | readonly number[];
}

/** An EMF line, as Powertools and the CloudWatch agent write it: its metrics, and what they are told apart by. */
export interface EmfLine {
  readonly metrics: readonly MetricValue[];
  readonly dimensions: Readonly<Record<string, string>>;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export function readEmfLine(message: string): EmfLine | undefined {
  if (!message.startsWith('{') || !message.includes('"_aws"')) return undefined;
  const root = parsed(message);
  const directives = isRecord(root?._aws) ? root._aws.CloudWatchMetrics : undefined;
  if (root === undefined || !Array.isArray(directives)) return undefined;
  const metrics: MetricValue[] = [];
  const dimensions: [string, string][] = [];
  for (const directive of directives.filter(isRecord)) {
    metrics.push(...metricsOf(root, directive));
    for (const name of arrayOf(directive.Dimensions).flatMap(arrayOf)) {
      if (typeof name === 'string' && typeof root[name] === 'string') dimensions.push([name, root[name]]);
    }
  }
  return { metrics, dimensions: Object.fromEntries(dimensions) };
}

function metricsOf(root: Record<string, unknown>, directive: Record<string, unknown>): readonly MetricValue[] {
  const namespace = typeof directive.Namespace === 'string' ? directive.Namespace : '';
  return arrayOf(directive.Metrics)
    .filter(isRecord)
    .flatMap(({ Name: name, Unit: unit }) => {
      const value = typeof name === 'string' && Object.hasOwn(root, name) ? root[name] : undefined;
      const isValue =
        typeof value === 'number' || (Array.isArray(value) && value.every((item) => typeof item === 'number'));
      return isValue
        ? [{ namespace, name: name as string, unit: typeof unit === 'string' ? unit : 'None', value }]
        : [];
    });
}

function parsed(message: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
