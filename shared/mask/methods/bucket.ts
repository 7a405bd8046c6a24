import { documented } from '../../record/reference.ts';
import { MaskError, type Method } from '../method.ts';

export const bucket = documented<[size: number], Method>(
  {
    name: 'bucket',
    summary:
      'Puts a number into a bucket of this size: what stays is the bucket’s lower end. Numbers stay numbers. A value that is no number fails the record.',
    settings: { size: 'More than 0.' },
    examples: [
      { shows: 'an age', args: [10], in: '{"value":34}', out: '{"value":30}' },
      { shows: 'a negative number', args: [10], in: '{"value":-3}', out: '{"value":-10}' },
      { shows: 'a text', args: [1000], in: '{"value":"52499.90"}', out: '{"value":"52000"}' },
      { shows: 'no number', args: [10], in: '{"value":"old"}', out: { failed: 'MaskFailed' } },
    ],
  },
  (size) => ({
    name: 'bucket',
    compile(compiler) {
      if (!(size > 0) || !Number.isFinite(size)) compiler.fault('bucket takes a number above 0');
      return {
        numbers: true,
        mask({ text }) {
          const value = Number(text);
          if (text.trim() === '' || !Number.isFinite(value)) throw new MaskError('bucket: the value is not a number');
          // Multiplying after the division would leave traces of binary fractions: 0.30000000000000004.
          return String(Number((Math.floor(value / size) * size).toPrecision(15)) + 0);
        },
      };
    },
  }),
);
