import { documented } from '../../record/reference.ts';
import { MaskError, type Method } from '../method.ts';
import { EXAMPLE_KEY, keyed, type Secret } from '../secret.ts';
import { createHmac } from './hmac.ts';
import { readMoment } from './moment.ts';

export interface ShiftDateOptions {
  readonly key: Secret;
  /** The path of the field that names the subject: all dates of one subject are shifted alike. */
  readonly subject: string;
  readonly days?: number;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 365;

export const shiftDate = documented<[options: ShiftDateOptions], Method>(
  {
    name: 'shiftDate',
    summary:
      'Shifts a date by whole days, the same for all dates of one subject under one key, so that intervals stay. Reads ISO 8601, `20260512`, `12.05.2026` and epochs, and writes what it read. A value that is no date, and a record without the subject, fail.',
    settings: {
      'options.key': 'The key: `secret("MASK_KEY")`.',
      'options.subject': 'The path of the field that names the subject: `patient.id`.',
      'options.days': 'The farthest shift, either way, from 1: 365 when left out. No date is left unshifted.',
    },
    examples: [
      {
        shows: 'no date',
        args: [{ key: EXAMPLE_KEY, subject: 'id' }],
        in: '{"id":7,"value":"soon"}',
        out: { failed: 'MaskFailed' },
      },
      {
        shows: 'no subject',
        args: [{ key: EXAMPLE_KEY, subject: 'id' }],
        in: '{"value":"2026-05-12"}',
        out: { failed: 'MaskFailed' },
      },
    ],
  },
  ({ key, subject, days = DEFAULT_DAYS }) => ({
    name: 'shiftDate',
    compile(compiler) {
      if (!Number.isSafeInteger(days) || days < 1) compiler.fault('shiftDate takes a whole number of days, 1 or more');
      const selector = compiler.selector(subject);
      const hmac = keyed(key, ({ current, keys }) => createHmac(keys.get(current)!));
      return {
        numbers: true,
        load: hmac.load,
        refresh: hmac.refresh,
        mask({ text, document }) {
          const digestOf = hmac.get();
          const moment = readMoment(text);
          if (moment === undefined) throw new MaskError('shiftDate: the value is not a date');
          const node = document.get(selector);
          const named = node?.string ?? node?.json;
          if (named === undefined || named === '' || named === 'null') {
            throw new MaskError(`shiftDate: the record has no subject at ${subject}`);
          }
          return moment.write(moment.epochMs + shiftOf(digestOf(named), days) * DAY_MS);
        },
      };
    },
  }),
);

/** From 1 to `days`, or from -`days` to -1. */
function shiftOf(digest: Buffer, days: number): number {
  const distance = 1 + Number(digest.readBigUInt64BE(0) % BigInt(days));
  return digest[8]! & 1 ? distance : -distance;
}
