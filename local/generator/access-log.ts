/** Lines of a web server's combined log, as the pipeline `access-logs` reads them. */

import { malformedOneIn } from './kind.ts';
import { ip, userAgent } from './people.ts';
import { randomOf } from './random.ts';
import type { Generator } from './records.ts';
import { idOf } from './sequence.ts';

const START = Date.UTC(2026, 10, 16);
const SPAN_MS = 2 * 24 * 3_600_000;
const PAGES = ['/', '/products', '/products/kettle', '/cart', '/blog/streams', '/about', '/search', '/static/app.js'];
const STATUSES = [200, 200, 200, 200, 200, 200, 304, 301, 404, 500];

export const accessLog: Generator = {
  isDropped: () => false,
  record(index, total, seed) {
    const random = randomOf(seed, index);
    const client = ip(random);
    const id = idOf(index, random);
    const request = `GET ${random.pick(PAGES)}?request=${id} HTTP/1.1`;
    const time = commonLogTime(START + Math.floor((index / total) * SPAN_MS));
    const malformed = random.oneIn(malformedOneIn(total));
    const line = malformed
      ? `${client} - - ${time} ${request}`
      : `${client} - - [${time}] "${request}" ${random.pick(STATUSES)} ${random.whole(90_000)} "https://shop.example/" "${userAgent(random)}"`;
    return { data: Buffer.from(line), partitionKey: client };
  },
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `16/Nov/2026:00:00:00 +0000` */
function commonLogTime(ms: number): string {
  const time = new Date(ms);
  const day = String(time.getUTCDate()).padStart(2, '0');
  return `${day}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}:${time.toISOString().slice(11, 19)} +0000`;
}
