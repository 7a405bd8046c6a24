import {
  day,
  definePipeline,
  drop,
  field,
  geoIp,
  json,
  keepLast,
  mask,
  maskDetected,
  ndjson,
  pseudonym,
  redact,
  require,
  secret,
  userAgent,
  where,
} from '../shared/pipeline/index.ts';

/** What no later stage needs to see: told by the consumer already, since Firehose bills what it is given. */
const admitted = [
  require('eventId', 'eventType', 'timestamp'),
  drop('internal traffic', where('user.internal').is(true)),
];

/** E-commerce events: page views, carts, purchases. */
export default definePipeline({
  name: 'clickstream',
  input: json(),
  steps: [
    ...admitted,
    geoIp({ from: 'context.ip', to: 'geo' }),
    userAgent({ from: 'context.userAgent', to: 'device' }),
    mask('user.email', pseudonym({ key: secret('MASK_KEY') })),
    mask('user.phone', keepLast(4)),
    mask('context.ip', redact()),
    maskDetected('**', ['email', 'phone', 'card', 'iban', 'jwt'], redact()),
  ],
  partition: { event_type: field('eventType'), dt: day('timestamp') },
  output: ndjson(),
  id: field('eventId'),
  consumer: { admit: admitted },
});
