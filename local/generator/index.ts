/** What is generated for each pipeline that ships. */
import { accessLog } from './access-log.ts';
import { clickstream } from './clickstream.ts';
import { logEvent } from './log-event.ts';
import type { Generator } from './records.ts';
import { redact } from './redact.ts';
import { telemetry } from './telemetry.ts';

export const GENERATORS: Readonly<Record<string, Generator>> = {
  clickstream,
  'access-logs': accessLog,
  'application-logs': logEvent,
  telemetry,
  redact,
};
