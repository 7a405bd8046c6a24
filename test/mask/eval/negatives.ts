import type { Random } from './random.ts';

/** Something that is nobody's, and looks as if it were. */
export interface Negative {
  readonly kind: string;
  readonly cases: number;
  make(random: Random): string;
  /** Keys that it comes under, and words that it comes behind. */
  readonly keys: readonly string[];
  readonly words: readonly string[];
  /** Also as a JSON number. */
  readonly number?: boolean;
}

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const uuid = (r: Random) =>
  `${r.hex(8)}-${r.hex(4)}-${r.pick('1457')}${r.hex(3)}-${r.pick('89ab')}${r.hex(3)}-${r.hex(12)}`;
const decimalUuid = (r: Random) => `${r.digits(8)}-${r.digits(4)}-4${r.digits(3)}-8${r.digits(3)}-${r.digits(12)}`;
const two = (value: number) => String(value).padStart(2, '0');
const day = (r: Random) => [r.int(2015, 2027), two(r.int(1, 12)), two(r.int(1, 28))] as const;
const time = (r: Random) => `${two(r.int(0, 23))}:${two(r.int(0, 59))}:${two(r.int(0, 59))}`;
const version = (r: Random) => `${r.int(0, 30)}.${r.int(0, 20)}.${r.int(0, 300)}`;
const chrome = (r: Random) => `${r.int(60, 150)}.0.${r.pick([0, r.int(1000, 7000)])}.${r.int(0, 200)}`;

const AGENTS: readonly ((r: Random) => string)[] = [
  (r) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome(r)} Safari/537.36`,
  (r) =>
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_${r.int(0, 7)}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${r.int(12, 18)}.${r.int(0, 6)} Safari/605.1.15`,
  (r) =>
    `Mozilla/5.0 (iPhone; CPU iPhone OS ${r.int(12, 18)}_${r.int(0, 6)}_${r.int(0, 3)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/${chrome(r)} Mobile/15E148 Safari/604.1`,
  (r) =>
    `Mozilla/5.0 (Linux; Android ${r.int(8, 15)}; SM-G9${r.digits(2)}F Build/QP1A.${r.int(190000, 229999)}.020) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/${r.int(10, 25)}.0 Chrome/${chrome(r)} Mobile Safari/537.36`,
  (r) => `Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:${r.int(60, 130)}.0) Gecko/20100101 Firefox/${r.int(60, 130)}.0`,
  (r) => `curl/${version(r)}`,
  (r) => `python-requests/${version(r)}`,
  (r) => `okhttp/${version(r)}`,
  (r) =>
    `Opera/9.80 (Windows NT 6.1; U; en) Presto/2.${r.int(5, 12)}.${r.int(100, 400)} Version/1${r.int(0, 2)}.${r.int(10, 60)}`,
  (r) => `MyApp/${r.int(1, 9)}.${r.int(0, 9)}.${r.int(0, 9)}.${r.int(0, 255)} (iOS ${r.int(12, 18)}.${r.int(0, 6)})`,
];

const DATES: readonly ((r: Random) => string)[] = [
  (r) => day(r).join('-'),
  (r) => day(r).join('/'),
  (r) => [...day(r)].reverse().join('.'),
  (r) => `${day(r).join('-')}T${time(r)}.${r.digits(3)}Z`,
  (r) => `${day(r).join('-')} ${time(r)},${r.digits(3)}`,
  (r) => `${day(r).join('')}T${time(r).replaceAll(':', '')}Z`,
  (r) => `${day(r).join('')}${time(r).replaceAll(':', '')}`,
  (r) => `${r.int(1, 28)}/Nov/${r.int(2015, 2027)}:${time(r)} +0000`,
  (r) => `${day(r).join('-')}T${time(r)}+05:30`,
  (r) => `${day(r)[0]}-W${two(r.int(1, 52))}-${r.int(1, 7)}`,
  time,
];

const PRICES: readonly ((r: Random) => string)[] = [
  (r) => `$${r.int(1, 999)}.${r.digits(2)}`,
  (r) => `${r.int(1, 9)},${r.digits(3)},${r.digits(3)}.${r.digits(2)}`,
  (r) => `€${r.int(1, 9)}.${r.digits(3)},${r.digits(2)}`,
  (r) => `${r.int(1, 999)}.${r.digits(2)} USD`,
  (r) => `£${r.int(1, 99)},${r.digits(3)}`,
  (r) => `${r.int(1, 9999)}.${r.digits(2)}`,
  (r) => `¥${r.int(100, 999)},${r.digits(3)}`,
  (r) => `${r.int(1, 9)}.${r.digits(12)}`,
  (r) => `-${r.int(1, 999)}.${r.digits(2)}`,
];

const TRACKING: readonly ((r: Random) => string)[] = [
  (r) => `1Z${r.digits(3)}${r.letters(2)}${r.digits(11)}`,
  (r) => `9${r.pick('1234')}${r.digits(2)} ${r.digits(4)} ${r.digits(4)} ${r.digits(4)} ${r.digits(4)} ${r.digits(2)}`,
  (r) => `94${r.digits(20)}`,
  (r) => `${r.letters(2)}${r.digits(9)}${r.letters(2)}`,
  (r) => `JD${r.digits(16)}`,
  (r) => `1${r.digits(9)}`,
  (r) => `TBA${r.digits(12)}`,
  (r) => `${r.pick('789')}${r.digits(11)}`,
];

const ORDERS: readonly ((r: Random) => string)[] = [
  (r) => `ORD-${r.int(2018, 2027)}-${r.digits(6)}`,
  (r) => `${r.digits(3)}-${r.digits(7)}-${r.digits(7)}`,
  (r) => `#${r.digits(7)}`,
  (r) => `INV/${r.int(2018, 2027)}/${r.digits(5)}`,
  (r) => `${r.int(100000, 99999999)}`,
  (r) => `SO${r.digits(8)}`,
  (r) => `PO-${r.digits(5)}-${r.letters(1)}`,
  (r) => `1${r.digits(15)}`,
  (r) => `${r.digits(4)}-${r.digits(4)}`,
  (r) => `${r.letters(2).toLowerCase()}_${r.from(ALNUM, 24)}`,
];

const SKUS: readonly ((r: Random) => string)[] = [
  (r) => `SKU-${r.digits(5)}`,
  (r) => `${r.letters(3)}-${r.digits(4)}-${r.letters(2)}`,
  (r) => `${r.letters(2)}${r.digits(4)}${r.letters(1)}`,
  (r) => `B0${r.from('ABCDEFGHJKLMNPQRSTUVWXYZ0123456789', 8)}`,
  (r) => ean(r),
  (r) => `978-${r.digits(1)}-${r.digits(4)}-${r.digits(4)}-${r.digits(1)}`,
  (r) => `${r.digits(3)}-${r.digits(5)}`,
  (r) => `MX${r.digits(3)}-${r.pick(['S', 'M', 'L', 'XL'])}`,
];

/** EAN-13, with its check digit. */
function ean(r: Random): string {
  const body = r.pick(['400', '401', '690', '501', '590', '871', '978']) + r.digits(9);
  const sum = [...body].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return body + ((10 - (sum % 10)) % 10);
}

const TEXTS: readonly ((r: Random) => string)[] = [
  (r) => `GET /api/v${r.int(1, 9)}/items/${r.digits(6)}?page=${r.int(1, 99)} HTTP/1.1`,
  (r) => `com.example.service.OrderHandler$$Lambda$${r.int(10, 999)}/0x${r.hex(16)}`,
  (r) => `/var/lib/docker/overlay2/${r.hex(64)}/merged`,
  (r) => `arn:aws:kinesis:eu-west-1:${r.digits(12)}:stream/events`,
  (r) => `npm install lodash@${version(r)} @types/node@${version(r)}`,
  (r) => `took ${r.int(1, 999)} ms, ${r.int(1000, 99999)} bytes, ${r.int(1, 99)}%`,
  (r) => `pod web-${r.hex(9)}-${r.from('bcdfghjklmnpqrstvwxz', 5)} restarted ${r.int(1, 9)} times`,
  (r) => `std::vector<int> at line ${r.int(1, 999)}:${r.int(1, 80)}`,
  (r) => `#${r.hex(6)} rgba(${r.int(0, 255)},${r.int(0, 255)},${r.int(0, 255)},0.5)`,
  (r) => `icon@${r.int(2, 3)}x.png ${r.int(16, 1024)}x${r.int(16, 1024)}`,
  (r) => `passwords must have ${r.int(8, 16)} characters`,
  (r) => `the token bucket holds ${r.int(10, 500)} tokens`,
  (_r) => `card number is required`,
  (r) => `scored ${r.int(0, 9)}-${r.int(0, 9)} in week ${r.int(1, 52)}, seat ${r.int(1, 40)}${r.pick('ABCDEF')}`,
  (r) => `chapter ${r.int(1, 20)}, pages ${r.int(10, 99)}-${r.int(100, 400)}`,
  (r) => `text/html; charset=utf-8; boundary=----WebKitFormBoundary${r.from(ALNUM, 16)}`,
  (r) => `W/"${r.hex(8)}-${r.hex(4)}"`,
  (r) => `s3://bucket/year=${r.int(2018, 2027)}/month=${two(r.int(1, 12))}/part-${r.digits(5)}-${uuid(r)}.parquet`,
  (r) => `Room ${r.digits(3)}, floor ${r.int(1, 40)}, building ${r.letters(1)}`,
  (r) => `ratio ${r.int(1, 9)}/${r.int(10, 20)} at ${r.int(1, 100)}.${r.digits(3)}°`,
  (r) =>
    `M${r.int(1, 99)}.${r.digits(3)},${r.int(1, 99)}.${r.digits(3)}L${r.int(1, 99)}.${r.digits(3)},${r.int(1, 99)}.${r.digits(3)}`,
  (r) => `kernel: [${r.digits(5)}.${r.digits(6)}] usb 1-1.${r.int(1, 4)}: new device`,
];

/** Every kind of negative. */
export const NEGATIVES: readonly Negative[] = [
  {
    kind: 'uuid',
    cases: 140,
    make: (r) => (r.chance(0.75) ? uuid(r) : r.chance(0.5) ? uuid(r).toUpperCase() : decimalUuid(r)),
    keys: ['id', 'eventId', 'session_id', 'requestId', 'deviceId', 'traceId'],
    words: ['request', 'session', 'id'],
  },
  {
    kind: 'epoch',
    cases: 60,
    make: (r) => String(r.int(1_000_000_000, 1_900_000_000)),
    keys: ['timestamp', 'ts', 'created', 'exp', 'value'],
    words: ['at', 'expires'],
    number: true,
  },
  {
    kind: 'epoch-ms',
    cases: 70,
    make: (r) => String(r.int(1_000_000_000, 1_900_000_000)) + r.digits(3),
    keys: ['timestamp', 'ts', 'createdAt', 'time', 'value'],
    words: ['at', 'since'],
    number: true,
  },
  {
    kind: 'epoch-us',
    cases: 50,
    make: (r) => String(r.int(1_400_000_000, 1_900_000_000)) + r.digits(6),
    keys: ['timestamp_us', 'value', 't'],
    words: ['at'],
    number: true,
  },
  {
    kind: 'epoch-ns',
    cases: 30,
    make: (r) => String(r.int(1_400_000_000, 1_900_000_000)) + r.digits(9),
    keys: ['timeUnixNano', 'value'],
    words: ['at'],
  },
  {
    kind: 'order',
    cases: 140,
    make: (r) => r.pick(ORDERS)(r),
    keys: ['orderId', 'order_no', 'invoice', 'reference', 'id', 'paymentIntent'],
    words: ['order', 'invoice', 'ref'],
  },
  {
    kind: 'version',
    cases: 110,
    make: (r) =>
      r.pick([
        version,
        (q: Random) => `v${version(q)}`,
        (q: Random) => `${version(q)}-rc.${q.int(1, 9)}`,
        (q: Random) => `${version(q)}+build.${q.digits(4)}`,
        (q: Random) => `${q.int(1, 20)}.${q.int(0, 20)}`,
      ])(r),
    keys: ['version', 'appVersion', 'os_version', 'value', 'sdk'],
    words: ['version', 'upgraded to', 'running'],
  },
  {
    kind: 'version-4',
    cases: 60,
    make: (r) => `${r.int(1, 20)}.${r.int(0, 20)}.${r.int(0, 255)}.${r.int(0, 255)}`,
    keys: ['version', 'appVersion', 'firmwareVersion', 'browser_version', 'build'],
    words: ['version', 'firmware', 'release', 'v'],
  },
  {
    kind: 'user-agent',
    cases: 120,
    make: (r) => r.pick(AGENTS)(r),
    keys: ['userAgent', 'user_agent', 'ua', 'agent', 'value'],
    words: ['agent'],
  },
  {
    kind: 'sku',
    cases: 120,
    make: (r) => r.pick(SKUS)(r),
    keys: ['sku', 'productId', 'ean', 'item', 'isbn'],
    words: ['sku', 'product', 'item'],
  },
  {
    kind: 'hash',
    cases: 110,
    make: (r) =>
      r.pick([
        (q: Random) => q.hex(32),
        (q: Random) => q.hex(40),
        (q: Random) => q.hex(64),
        (q: Random) => q.hex(7),
        (q: Random) => `sha256:${q.hex(64)}`,
        (q: Random) => `0x${q.hex(64)}`,
        (q: Random) => Buffer.from(q.hex(40), 'hex').toString('base64'),
        (q: Random) => q.hex(24),
      ])(r),
    keys: ['hash', 'commit', 'etag', 'digest', '_id', 'checksum'],
    words: ['commit', 'sha', 'digest'],
  },
  {
    kind: 'tracking',
    cases: 110,
    make: (r) => r.pick(TRACKING)(r),
    keys: ['tracking', 'trackingNumber', 'shipment', 'parcel'],
    words: ['tracking', 'parcel', 'shipped as'],
  },
  {
    kind: 'date',
    cases: 140,
    make: (r) => r.pick(DATES)(r),
    keys: ['date', 'timestamp', 'created_at', 'when', 'value'],
    words: ['on', 'since', 'until'],
  },
  {
    kind: 'price',
    cases: 110,
    make: (r) => r.pick(PRICES)(r),
    keys: ['price', 'total', 'amount', 'value', 'fee'],
    words: ['costs', 'total', 'for'],
  },
  {
    kind: 'text',
    cases: 180,
    make: (r) => r.pick(TEXTS)(r),
    keys: ['message', 'log', 'msg', 'title', 'description'],
    words: ['note:'],
  },
  {
    kind: 'snowflake',
    cases: 40,
    make: (r) => `${r.pick('127')}${r.digits(17)}`,
    keys: ['id', 'messageId', 'tweet_id'],
    words: ['message'],
  },
];
