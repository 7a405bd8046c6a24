/** Made-up people and places: names, reserved domains (RFC 2606), phone numbers set aside for fiction. */
import type { Random } from './random.ts';

const FIRST = ['ada', 'ben', 'chloe', 'dmitri', 'elif', 'fatima', 'george', 'hana', 'ines', 'jonas', 'keiko', 'liam'];
const LAST = ['almeida', 'brandt', 'costa', 'dubois', 'eriksen', 'fischer', 'garcia', 'haddad', 'ivanova', 'jensen'];
const DOMAINS = ['example.com', 'example.org', 'example.net'];
/** First octets of ranges that are routed and spread over the registries. */
const OCTETS = [5, 18, 31, 41, 46, 58, 62, 77, 80, 91, 101, 103, 125, 133, 151, 177, 186, 190, 196, 202, 210, 217];

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
];

export function email(random: Random): string {
  return `${random.pick(FIRST)}.${random.pick(LAST)}${random.whole(100)}@${random.pick(DOMAINS)}`;
}

/** In the ranges that the United States and the United Kingdom keep for fiction. */
export function phone(random: Random): string {
  const last = String(100 + random.whole(100)).padStart(4, '0');
  return random.oneIn(2) ? `+1 202 555 ${last}` : `+44 20 7946 ${String(random.whole(1_000)).padStart(4, '0')}`;
}

export function ip(random: Random): string {
  return `${random.pick(OCTETS)}.${random.whole(256)}.${random.whole(256)}.${1 + random.whole(254)}`;
}

export function userAgent(random: Random): string {
  return random.pick(AGENTS);
}
