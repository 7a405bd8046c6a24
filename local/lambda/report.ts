/** The lines that Lambda itself writes around an invocation. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
import type { Failure } from './failures.ts';

export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  /** Of a cold start. */
  readonly initMs: number | undefined;
  readonly memoryMb: number;
  readonly peakMemoryMb: number;
  readonly failure: Failure | undefined;
}

export function initStartLine(region: string): string {
  const version = `nodejs:${process.versions.node}`;
  return `INIT_START Runtime Version: ${version}\tRuntime Version ARN: arn:aws:lambda:${region}::runtime:local`;
}

export function startLine(requestId: string): string {
  return `START RequestId: ${requestId} Version: $LATEST`;
}

export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}`;
}

export function reportLine(report: Report): string {
  const parts = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${report.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedMs(report)} ms`,
    `Memory Size: ${report.memoryMb} MB`,
    `Max Memory Used: ${report.peakMemoryMb} MB`,
  ];
  if (report.initMs !== undefined) parts.push(`Init Duration: ${report.initMs.toFixed(2)} ms`);
  if (endedBadly(report.failure)) {
    parts.push(report.failure?.cause === 'timeout' ? 'Status: timeout' : 'Status: error');
    if (report.failure?.cause !== 'timeout') parts.push(`Error Type: ${report.failure?.errorType}`);
  }
  return `${parts.join('\t')}\t`;
}

/** With JSON logs, platform events: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
export function startEvent(time: number, requestId: string): string {
  const record = { requestId, version: '$LATEST' };
  return JSON.stringify({ time: new Date(time).toISOString(), type: 'platform.start', record });
}

export function reportEvent(time: number, report: Report): string {
  const status = report.failure === undefined ? 'success' : statusOf(report.failure);
  const metrics = {
    durationMs: round(report.durationMs),
    billedDurationMs: billedMs(report),
    memorySizeMB: report.memoryMb,
    maxMemoryUsedMB: report.peakMemoryMb,
    ...(report.initMs === undefined ? {} : { initDurationMs: round(report.initMs) }),
  };
  const errorType = report.failure === undefined ? {} : { errorType: report.failure.errorType };
  const record = { requestId: report.requestId, metrics, status, ...errorType };
  return JSON.stringify({ time: new Date(time).toISOString(), type: 'platform.report', record });
}

/** The process ended; an error that the function returned is no fault of the environment. */
function endedBadly(failure: Failure | undefined): boolean {
  return failure !== undefined && ['timeout', 'crash', 'memory', 'response-too-large'].includes(failure.cause);
}

function statusOf(failure: Failure): string {
  if (failure.cause === 'timeout') return 'timeout';
  return endedBadly(failure) ? 'failure' : 'error';
}

/** Init counts, since August 2025. */
function billedMs(report: Report): number {
  return Math.ceil(report.durationMs + (report.initMs ?? 0));
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
