import type { InputFormat } from '../record/format.ts';
import { documented } from '../record/reference.ts';
import { csv } from './csv.ts';
import { json } from './json.ts';

export const jsonOr = documented<[other: InputFormat], InputFormat>(
  {
    name: 'jsonOr',
    summary:
      'JSON where the record begins as JSON objects do, with `{`; anything else is read as the other format. For streams whose producers are changing from one to the other.',
    settings: { other: 'The format of records that do not begin with `{`.' },
    examples: [
      {
        shows: 'a JSON record',
        args: [csv({ header: ['device', 'value'] })],
        in: ' {"device":"d-1"}',
        out: ' {"device":"d-1"}',
      },
      {
        shows: 'a CSV record',
        args: [csv({ header: ['device', 'value'], types: { value: 'number' } })],
        in: 'd-1,21.5',
        out: '{"device":"d-1","value":21.5}',
      },
    ],
  },
  (other) => {
    const first = json();
    return {
      name: `jsonOr(${other.name})`,
      decode: (data) => (/^[ \t\r\n]*\{/.test(data) ? first : other).decode(data),
      split: (data, pieces) => (/^[ \t\r\n]*\{/.test(data) ? first : other).split?.(data, pieces),
    };
  },
);
