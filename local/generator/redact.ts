/** Documents of any shape with personal data in them, as the pipeline `redact` reads them. */

import { malformedOneIn } from './kind.ts';
import { email, ip, phone } from './people.ts';
import { type Random, randomOf } from './random.ts';
import type { Generator } from './records.ts';
import { idOf } from './sequence.ts';

export const redact: Generator = {
  isDropped: () => false,
  record(index, total, seed) {
    const random = randomOf(seed, index);
    const id = idOf(index, random);
    const text = JSON.stringify({ id, ...random.pick(SHAPES)(random) });
    return { data: Buffer.from(random.oneIn(malformedOneIn(total)) ? text.slice(0, -1) : text), partitionKey: id };
  },
};

const SHAPES: readonly ((random: Random) => object)[] = [
  (random) => ({ note: `call ${phone(random)} or write to ${email(random)}`, open: true }),
  (random) => ({ customer: { contact: [{ email: email(random) }, { phone: phone(random) }] }, total: 12.5 }),
  (random) => ({ message: `login of ${email(random)} from ${ip(random)}`, level: 'info' }),
  (random) => ({ paid: { with: '4111 1111 1111 1111', iban: 'GB82 WEST 1234 5698 7654 32' }, n: random.whole(100) }),
];
