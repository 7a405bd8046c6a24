import { Logger } from '@aws-lambda-powertools/logger';
import { SERVICE } from './service.ts';

/**
 * Structured log lines, one JSON object each. Never given payload: only names, counts, codes, positions and durations.
 * Level by POWERTOOLS_LOG_LEVEL, service by POWERTOOLS_SERVICE_NAME.
 */
export const logger = new Logger({ serviceName: SERVICE });
