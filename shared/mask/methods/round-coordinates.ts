import { documented } from '../../record/reference.ts';
import { MaskError, type Method } from '../method.ts';

export const roundCoordinates = documented<[decimals: number], Method>(
  {
    name: 'roundCoordinates',
    summary:
      'Rounds a latitude or longitude, or both in one text, to so many decimals: 2 is about a kilometre, 1 about eleven. Numbers stay numbers. A value that is no number fails the record.',
    settings: { decimals: 'From 0 to 6.' },
    examples: [
      { shows: 'a number', args: [1], in: '{"value":37.7749}', out: '{"value":37.8}' },
      { shows: 'a text', args: [2], in: '{"value":"-122.4194"}', out: '{"value":"-122.42"}' },
      { shows: 'a pair', args: [1], in: '{"value":"37.7749,-122.4194"}', out: '{"value":"37.8,-122.4"}' },
      { shows: 'below a path', args: [0], in: '{"value":[37.7749,-122.4194]}', out: '{"value":[38,-122]}' },
    ],
  },
  (decimals) => ({
    name: 'roundCoordinates',
    compile(compiler) {
      if (!Number.isSafeInteger(decimals) || decimals < 0 || decimals > 6) {
        compiler.fault('roundCoordinates takes a whole number from 0 to 6');
      }
      return { numbers: true, mask: ({ text }) => rounded(text, decimals) };
    },
  }),
);

const NUMBER = /-?\d{1,3}(?:\.\d{1,40})?(?:e[+-]?\d{1,2})?/gi;

function rounded(text: string, decimals: number): string {
  if (!/^[\s,;()[\]]{0,8}-?\d/.test(text) || /[^\d\s.,;()[\]eE+-]/.test(text)) {
    throw new MaskError('roundCoordinates: the value is not a number');
  }
  return text.replace(NUMBER, (number) => String(Number(Number(number).toFixed(decimals)) + 0));
}
