import {
  accessLog,
  day,
  definePipeline,
  geoIp,
  mask,
  maskDetected,
  ndjson,
  redact,
  userAgent,
} from '../shared/pipeline/index.ts';

/** Hits of a web server: lines of Apache's or nginx's combined or common log. */
export default definePipeline({
  name: 'access-logs',
  input: accessLog(),
  steps: [
    geoIp({ from: 'remote_host', to: 'geo' }),
    userAgent({ from: 'user_agent', to: 'device' }),
    mask('remote_host', redact()),
    mask('remote_user', redact()),
    maskDetected('**', ['email', 'phone', 'card', 'iban', 'credentials'], redact(), {
      exclude: ['user_agent', 'device'],
    }),
  ],
  partition: { dt: day('time') },
  output: ndjson(),
  // Lines are sent on as they came; the transform, which reads them, does the rest.
  consumer: { admit: [] },
});
