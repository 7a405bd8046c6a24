import { documented } from '../../record/reference.ts';
import { MaskError, type Method } from '../method.ts';
import { isoDay, readMoment } from './moment.ts';

export const yearOnly = documented<[], Method>(
  {
    name: 'yearOnly',
    summary:
      'Of a date keeps the year. Reads ISO 8601, `20260512`, `12.05.2026`, any text that ends with `/` and a year, and epochs. A value that is no date fails the record.',
    settings: {},
    examples: [
      { shows: 'a date', args: [], in: '{"value":"1980-05-12"}', out: '{"value":"1980"}' },
      { shows: 'a point in time', args: [], in: '{"value":"1980-05-12T10:00:00Z"}', out: '{"value":"1980"}' },
      { shows: 'slashes', args: [], in: '{"value":"05/12/1980"}', out: '{"value":"1980"}' },
      { shows: 'an epoch in milliseconds', args: [], in: '{"value":326937600000}', out: '{"value":1980}' },
      { shows: 'no date', args: [], in: '{"value":"soon"}', out: { failed: 'MaskFailed' } },
    ],
  },
  () => ({
    name: 'yearOnly',
    compile: () => ({
      numbers: true,
      mask({ text }) {
        const year =
          /^\s{0,4}\d{1,2}\/\d{1,2}\/(\d{4})\s{0,4}$/.exec(text)?.[1] ?? /^(?:19|20)\d{2}$/.exec(text.trim())?.[0];
        if (year !== undefined) return year;
        const moment = readMoment(text);
        if (moment === undefined) throw new MaskError('yearOnly: the value is not a date');
        return isoDay(moment.epochMs).slice(0, 4);
      },
    }),
  }),
);
