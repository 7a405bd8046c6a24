import {
  accessLog,
  count,
  day,
  definePipeline,
  distinct,
  eventTime,
  firehose,
  geoIp,
  mask,
  maskDetected,
  ndjson,
  redact,
  sum,
  truncateIp,
  userAgent,
  windows,
} from '../shared/pipeline/index.ts';

/** Hits of a web server: lines of Apache's or nginx's combined or common log. */
export default definePipeline({
  name: 'access-logs',
  input: accessLog(),
  steps: [
    geoIp({ from: 'remote_host', to: 'geo' }),
    userAgent({ from: 'user_agent', to: 'device' }),
    mask('remote_host', truncateIp()),
    mask('remote_user', redact()),
    // What a format of one's own appends: most often X-Forwarded-For.
    maskDetected('extra', ['ip'], truncateIp()),
    maskDetected('**', ['email', 'phone', 'card', 'iban', 'credentials'], redact(), {
      exclude: ['user_agent', 'device'],
    }),
  ],
  partition: { dt: day('time') },
  output: ndjson(),
  // Lines are sent on as they came; the transform, which reads them, does the rest.
  consumer: { admit: [], deliver: firehose({ joinBytes: 50 * 1024 }) },
  aggregate: [
    windows('hits', {
      size: '5m',
      time: eventTime('time', { allowedLateness: '3650d' }),
      groupBy: ['status'],
      measures: { hits: count(), visitors: distinct('remote_host'), bytes: sum('bytes') },
    }),
  ],
});
