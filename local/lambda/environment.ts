/** The environment of a function's process: nothing of the user's shell but PATH comes in. */
import { createHash } from 'node:crypto';
import type { FunctionDefinition } from './definition.ts';

export interface Surroundings {
  readonly region: string;
  readonly endpoint: string;
  readonly logStream: string;
  readonly path: string;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The access key of a function's process: its own, so that a request tells which function's role it comes with. */
export function accessKeyOf(functionName: string): string {
  const digest = createHash('sha256').update(functionName).digest();
  return `ASIA${Array.from(digest.subarray(0, 16), (byte) => BASE32[byte & 31]).join('')}`;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
export function environmentOf(definition: FunctionDefinition, around: Surroundings): Record<string, string> {
  return {
    ...definition.environment,
    _HANDLER: definition.handler,
    AWS_REGION: around.region,
    AWS_DEFAULT_REGION: around.region,
    AWS_ACCESS_KEY_ID: accessKeyOf(definition.name),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL: around.endpoint,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: around.logStream,
    AWS_LAMBDA_LOG_FORMAT: definition.jsonLogs ? 'JSON' : 'Text',
    LAMBDA_TASK_ROOT: definition.code.directory,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LANG: 'en_US.UTF-8',
    PATH: around.path,
    TZ: ':UTC',
  };
}
