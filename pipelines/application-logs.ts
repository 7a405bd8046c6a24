import {
  cloudwatchLogs,
  count,
  definePipeline,
  maskDetected,
  ndjson,
  redact,
  windows,
} from '../shared/pipeline/index.ts';

/** Log events of CloudWatch Logs subscriptions. */
export default definePipeline({
  name: 'application-logs',
  input: cloudwatchLogs(),
  steps: [
    maskDetected('**', ['contact', 'financial', 'network', 'government-ids', 'credentials'], redact(), {
      include: ['message', 'extractedFields', 'lambda', 'emf', 'logGroup', 'logStream'],
    }),
  ],
  output: ndjson(),
  consumer: { admit: [] },
  aggregate: [windows('events', { size: '1m', groupBy: ['logGroup'], measures: { events: count() } })],
});
