import { count, definePipeline, json, maskDetected, ndjson, redact, windows } from '../shared/pipeline/index.ts';

/** Any JSON: what is detected is masked, and nothing else is touched. */
export default definePipeline({
  name: 'redact',
  input: json(),
  steps: [maskDetected('**', 'all', redact())],
  output: ndjson(),
  consumer: { admit: [] },
  aggregate: [windows('events', { size: '1m', measures: { events: count() } })],
});
