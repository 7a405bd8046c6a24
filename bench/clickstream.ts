/** Clickstream events for the benchmarks: the same at every run. */

/** 32-bit linear congruential generator; its high bits are random enough for test data. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

const TYPES = ['page_view', 'product_view', 'search', 'add_to_cart', 'purchase'];
const NAMES = ['anna.schmidt', 'bob', 'carol.m', 'd_evans', 'erik+shop', 'fatima', 'guo.wei', 'h.tanaka'];
const HOSTS = ['example.com', 'mail.example.org', 'example.co.uk', 'web-mail.example.net'];
const PRODUCTS = ['Trail Running Shoe', 'Cotton T-Shirt', 'Field Guide', 'Kettle', 'Desk Lamp', 'Rain Jacket'];
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0',
];

/** Who browses: one address, telephone, IP and browser each. */
function personOf(user: number) {
  const random = randomFrom(user * 7919 + 17);
  return {
    id: `u-${user}`,
    email: `${NAMES[random(NAMES.length)]}${user}@${HOSTS[random(HOSTS.length)]}`,
    phone: `+49 30 ${1_000_000 + random(9_000_000)}`,
    ip: `${1 + random(222)}.${random(256)}.${random(256)}.${1 + random(254)}`,
    agent: AGENTS[random(AGENTS.length)]!,
  };
}

const HEX = '0123456789abcdef';

function hex(random: (below: number) => number, digits: number): string {
  let text = '';
  for (let i = 0; i < digits; i++) text += HEX[random(16)];
  return text;
}

/** 2026-11-20T09:00:00Z. */
const START = 1_795_165_200_000;
/** One in so many events is internal traffic, which the pipeline drops. */
const INTERNAL = 50;
/** Users who are active at a time, and how many of them leave, and come, within 1,000 events: a visit lasts some minutes. */
const ACTIVE = 300;
const LEAVING = 60;

function eventOf(index: number): Record<string, unknown> {
  const random = randomFrom(index + 1);
  const person = personOf(Math.floor((index * LEAVING) / 1000) + random(ACTIVE));
  return {
    eventId: `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
    eventType: TYPES[random(TYPES.length)],
    timestamp: new Date(START + index * 137).toISOString(),
    sessionId: `s-${hex(random, 16)}`,
    user: { id: person.id, email: person.email, phone: person.phone, internal: random(INTERNAL) === 0 },
    context: {
      ip: person.ip,
      userAgent: person.agent,
      page: `/products/${PRODUCTS[random(PRODUCTS.length)]!.toLowerCase().replaceAll(' ', '-')}/${random(10_000)}`,
      referrer: 'https://www.example.com/search?q=running+shoes',
    },
    product: {
      sku: `SKU-${10_000 + random(90_000)}`,
      name: PRODUCTS[random(PRODUCTS.length)],
      price: random(20_000) / 100,
      currency: 'EUR',
      quantity: 1 + random(3),
    },
    orderId: `O-${100_000 + random(900_000)}`,
  };
}

/** An event of about so many bytes: without what is not needed, or with a history of what was looked at before. */
function eventOfSize(index: number, bytes: number): Record<string, unknown> {
  const event = eventOf(index);
  if (bytes < 400)
    return { eventId: event.eventId, eventType: event.eventType, timestamp: event.timestamp, user: event.user };
  const random = randomFrom(index + 1);
  const history: unknown[] = [];
  for (let size = 640; size < bytes - 60; size += 122) {
    history.push({
      at: new Date(START - history.length * 60_000).toISOString(),
      page: `/products/${hex(random, 8)}`,
      sku: `SKU-${10_000 + random(90_000)}`,
      price: random(20_000) / 100,
      seconds: random(600),
    });
  }
  return history.length === 0 ? event : { ...event, history };
}

/** JSON texts, `count` of them from the stream's `from`th event on. */
export function clickstreamTexts(from: number, count: number, bytes = 640): string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify(eventOfSize(from + index, bytes)));
}

/** A Firehose transformation event as Lambda hands it over. */
export interface TransformationEvent {
  readonly invocationId: string;
  readonly deliveryStreamArn: string;
  readonly region: string;
  readonly records: readonly { recordId: string; approximateArrivalTimestamp: number; data: string }[];
}

export function eventOfTexts(texts: readonly string[]): TransformationEvent {
  return {
    invocationId: 'bench',
    deliveryStreamArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/clickstream',
    region: 'us-east-1',
    records: texts.map((text, index) => ({
      recordId: `4965${String(index).padStart(48, '0')}`,
      approximateArrivalTimestamp: START,
      data: Buffer.from(text).toString('base64'),
    })),
  };
}
