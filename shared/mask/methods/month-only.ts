import { documented } from '../../record/reference.ts';
import { MaskError, type Method } from '../method.ts';
import { isoDay, readMoment } from './moment.ts';

export const monthOnly = documented<[], Method>(
  {
    name: 'monthOnly',
    summary:
      'Of a date keeps year and month, `1980-05`. Reads ISO 8601, `20260512`, `12.05.2026`, and epochs, which become text. With slashes the order of day and month must be plain. A value that is no date fails the record.',
    settings: {},
    examples: [
      { shows: 'a date', args: [], in: '{"value":"1980-05-12"}', out: '{"value":"1980-05"}' },
      { shows: 'a point in time', args: [], in: '{"value":"1980-05-12T10:00:00Z"}', out: '{"value":"1980-05"}' },
      { shows: 'an epoch in seconds', args: [], in: '{"value":326937600}', out: '{"value":"1980-05"}' },
      { shows: 'day or month first?', args: [], in: '{"value":"05/12/1980"}', out: { failed: 'MaskFailed' } },
    ],
  },
  () => ({
    name: 'monthOnly',
    compile: () => ({
      mask({ text }) {
        const moment = readMoment(text);
        if (moment === undefined) throw new MaskError('monthOnly: the value is not a date whose month is plain');
        return isoDay(moment.epochMs).slice(0, 7);
      },
    }),
  }),
);
