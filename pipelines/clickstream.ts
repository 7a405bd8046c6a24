import {
  count,
  day,
  definePipeline,
  distinct,
  drop,
  eventTime,
  field,
  firehose,
  geoIp,
  json,
  keep,
  keepLast,
  mask,
  maskDetected,
  ndjson,
  pseudonym,
  redact,
  require,
  secret,
  sum,
  topK,
  truncateIp,
  userAgent,
  where,
  windows,
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
    mask('context.ip', truncateIp()),
    maskDetected('**', ['email', 'phone', 'card', 'iban', 'jwt'], redact()),
  ],
  partition: { event_type: field('eventType'), dt: day('timestamp') },
  output: ndjson(),
  id: field('eventId'),
  // No step changes what the partition keys are made of, so that the consumer may join events that have the same.
  consumer: { admit: admitted, deliver: firehose({ joinBytes: 50 * 1024 }) },
  aggregate: [
    windows('activity', {
      size: '1m',
      time: eventTime('timestamp', { allowedLateness: '3650d' }),
      groupBy: ['eventType'],
      measures: { events: count(), users: distinct('user.id') },
    }),
    windows('sales', {
      size: '5m',
      time: eventTime('timestamp', { allowedLateness: '3650d' }),
      only: [keep('purchases', where('eventType').is('purchase'))],
      groupBy: ['product.currency'],
      measures: {
        orders: count(),
        revenue: sum('product.price', { times: 'product.quantity' }),
        products: topK('product.name', 10),
      },
    }),
  ],
});
