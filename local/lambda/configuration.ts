import type { FunctionDefinition } from './definition.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html */
export function configurationOf(definition: FunctionDefinition): Record<string, unknown> {
  return {
    FunctionName: definition.name,
    FunctionArn: definition.arn,
    Runtime: definition.runtime,
    Role: definition.role,
    Handler: definition.handler,
    CodeSize: definition.code.bytes,
    Description: definition.description,
    Timeout: definition.timeoutMs / 1000,
    MemorySize: definition.memoryMb,
    LastModified: new Date(definition.lastModified).toISOString().replace('Z', '+0000'),
    CodeSha256: definition.code.sha256,
    Version: '$LATEST',
    Environment: { Variables: definition.environment },
    TracingConfig: { Mode: definition.tracing },
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: definition.architectures,
    EphemeralStorage: { Size: 512 },
    LoggingConfig: { LogFormat: definition.jsonLogs ? 'JSON' : 'Text', LogGroup: definition.logGroup },
    ...(definition.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: definition.deadLetterArn } }),
  };
}
