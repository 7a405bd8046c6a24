import {
  csv,
  day,
  definePipeline,
  drop,
  jsonOr,
  maskDetected,
  ndjson,
  redact,
  require,
  where,
} from '../shared/pipeline/index.ts';

const readings = csv({
  header: ['deviceId', 'timestamp', 'metric', 'value', 'unit', 'site', 'firmware', 'battery'],
  types: { value: 'number', battery: 'number' },
});

/** Readings of devices: JSON, or CSV from the older ones. */
export default definePipeline({
  name: 'telemetry',
  input: jsonOr(readings),
  steps: [
    require('deviceId', 'timestamp', 'metric', 'value'),
    drop('test device', where('deviceId').matches(/^test-/)),
    maskDetected('**', ['email', 'mac', 'imei'], redact()),
  ],
  partition: { dt: day('timestamp') },
  output: ndjson(),
  consumer: { admit: [] },
});
