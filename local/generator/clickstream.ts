/** E-commerce events as the pipeline `clickstream` reads them. */
import { kindOf } from './kind.ts';
import { email, ip, phone, userAgent } from './people.ts';
import { type Random, randomOf } from './random.ts';
import type { Entry, Generator } from './records.ts';
import { idOf } from './sequence.ts';

const TYPES = [
  ...Array<string>(5).fill('page_view'),
  ...Array<string>(4).fill('product_view'),
  'search',
  'add_to_cart',
  'add_to_cart',
  'remove_from_cart',
  'checkout',
  'purchase',
  'sign_up',
];
const PRODUCTS = ['Kettle', 'Lamp', 'Desk', 'Backpack', 'Headphones', 'Notebook', 'Teapot', 'Rain jacket', 'Café cups'];
const CURRENCIES = ['EUR', 'USD', 'GBP'];
const WITH_PRODUCT = new Set(['product_view', 'add_to_cart', 'remove_from_cart', 'purchase']);

/** 2026-11-16T00:00:00Z. Events are spread over the two days from then. */
const START = Date.UTC(2026, 10, 16);
const SPAN_MS = 2 * 24 * 3_600_000;

/** Marks, in the partition key too, what the faulty consumer can't survive. */
export const CRASHING_KEY = 'loyalty-';

export const clickstream: Generator = {
  record,
  isDropped: (index, total, seed) => kindOf(index, total, randomOf(seed, index).whole(DRAWS)) === 'internal',
};

/** The draw that decides a record's kind is the first of its random numbers. */
const DRAWS = 1_000_000;

function record(index: number, total: number, seed: number): Entry {
  const random = randomOf(seed, index);
  const kind = kindOf(index, total, random.whole(DRAWS));
  const user = `u-${random.whole(5_000)}`;
  const eventId = idOf(index, random);
  if (kind === 'malformed') return { data: Buffer.from(malformed(eventId, random)), partitionKey: user };
  const eventType = random.pick(TYPES);
  const document = {
    eventId,
    eventType,
    timestamp: new Date(START + Math.floor((index / total) * SPAN_MS)).toISOString(),
    sessionId: `s-${random.hex(10)}`,
    user: { id: user, email: email(random), phone: phone(random), internal: kind === 'internal' },
    context: contextOf(random),
    ...(WITH_PRODUCT.has(eventType) && { product: productOf(random) }),
    ...(eventType === 'purchase' && { orderId: `o-${random.hex(12)}` }),
    ...(kind === 'crashing' && { loyalty: { tier: 'none', points: -1 } }),
  };
  const partitionKey = kind === 'crashing' ? `${CRASHING_KEY}${user}` : user;
  return { data: Buffer.from(JSON.stringify(document)), partitionKey };
}

function contextOf(random: Random): object {
  return {
    ip: ip(random),
    userAgent: userAgent(random),
    page: `https://shop.example/p/${random.whole(400)}`,
    referrer: random.oneIn(20) ? `https://mail.example/?to=${email(random)}` : 'https://search.example/',
  };
}

function productOf(random: Random): object {
  const name = random.whole(PRODUCTS.length);
  return {
    sku: `SKU-${1_000 + name}`,
    name: PRODUCTS[name],
    price: (199 + random.whole(20_000)) / 100,
    currency: random.pick(CURRENCIES),
    quantity: 1 + random.whole(3),
  };
}

/** Each still holds its id, so that it can be told where it went. */
function malformed(eventId: string, random: Random): string {
  const forms = [
    `{"eventId":"${eventId}","eventType":"page_view","timestamp":"2026-11-16T`,
    `{"eventId":"${eventId}",,"eventType":"page_view"}`,
    `{'eventId':'${eventId}','eventType':'page_view'}`,
    `{"eventId":"${eventId}","eventType":"page_view"}`,
    `eventId=${eventId} eventType=page_view`,
    `{"eventId":"${eventId}","eventType":"page_view","timestamp":"\\uZZZZ"}`,
  ];
  return random.pick(forms);
}
