/** Messages of an application's log, as the pipeline `application-logs` reads them: text, JSON, some with personal data. */
import { email, ip, phone } from './people.ts';
import { type Random, randomOf } from './random.ts';
import type { Generator } from './records.ts';
import { idOf } from './sequence.ts';

export const logEvent: Generator = {
  isDropped: () => false,
  record(index, _total, seed) {
    // Other numbers than the events of the same seed.
    const random = randomOf(seed + 7_919, index);
    const request = idOf(index, random);
    return { data: Buffer.from(random.pick(MESSAGES)(request, random)), partitionKey: `web-${random.whole(4)}` };
  },
};

const MESSAGES: readonly ((request: string, random: Random) => string)[] = [
  (request, random) => `INFO request=${request} GET /cart 200 ${random.whole(400)} ms`,
  (request, random) => `INFO request=${request} signed in ${email(random)} from ${ip(random)}`,
  (request, random) => `WARN request=${request} could not send a text message to ${phone(random)}, will try again`,
  (request, random) => JSON.stringify({ level: 'info', request, message: 'order placed', items: random.whole(9) }),
  (request, random) => JSON.stringify({ level: 'error', request, message: 'card declined', user: email(random) }),
  (request) =>
    `ERROR request=${request} Error: upstream timed out\n    at call (/app/http.js:10:5)\n    at main.js:3:1`,
];
