import { cloudwatchLogs, definePipeline, maskDetected, ndjson, redact } from '../shared/pipeline/index.ts';

/** Log events of CloudWatch Logs subscriptions. */
export default definePipeline({
  name: 'application-logs',
  input: cloudwatchLogs(),
  steps: [
    maskDetected('**', ['contact', 'financial', 'network', 'government-ids', 'credentials'], redact(), {
      include: ['message', 'extractedFields'],
    }),
  ],
  output: ndjson(),
  consumer: { admit: [] },
});
