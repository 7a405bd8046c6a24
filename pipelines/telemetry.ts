import {
  average,
  count,
  csv,
  day,
  definePipeline,
  drop,
  eventTime,
  jsonOr,
  maskDetected,
  max,
  min,
  ndjson,
  redact,
  require,
  where,
  windows,
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
  aggregate: [
    windows('readings', {
      size: '5m',
      time: eventTime('timestamp', { allowedLateness: '3650d' }),
      groupBy: ['site', 'metric'],
      measures: { readings: count(), least: min('value'), mean: average('value'), most: max('value') },
    }),
  ],
});
