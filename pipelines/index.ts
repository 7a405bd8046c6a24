import type { PipelineDefinition } from '../shared/pipeline/index.ts';
import accessLogs from './access-logs.ts';
import applicationLogs from './application-logs.ts';
import clickstream from './clickstream.ts';
import redact from './redact.ts';
import telemetry from './telemetry.ts';

/** Every pipeline, by the name that the setting PIPELINE chooses it with. */
export const pipelines: readonly PipelineDefinition[] = [clickstream, accessLogs, applicationLogs, telemetry, redact];

/** PIPELINE names no pipeline. */
export class UnknownPipelineError extends Error {
  override readonly name = 'UnknownPipelineError';
}

/** The pipeline of that name. Throws an UnknownPipelineError that lists the known ones. */
export function pipelineNamed(name: string | undefined): PipelineDefinition {
  const found = pipelines.find((pipeline) => pipeline.name === name);
  if (found !== undefined) return found;
  const known = pipelines.map((pipeline) => pipeline.name).join(', ');
  const asked =
    name === undefined
      ? 'The environment variable PIPELINE is not set'
      : `There is no pipeline ${JSON.stringify(name)}`;
  throw new UnknownPipelineError(`${asked}: it must be one of ${known}.`);
}
