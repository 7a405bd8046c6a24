import type { InputFormat } from '../record/format.ts';
import { documented } from '../record/reference.ts';
import { MAX_UNPACKED, splitContent, unpacked } from './gunzip.ts';
import { json } from './json.ts';

export interface GzipOptions {
  /** What a record may unpack to, in bytes. More is a failure, found before it takes memory. Default 32 MiB. */
  readonly maxUnpackedBytes?: number;
}

export const gzip = documented<[format: InputFormat, options?: GzipOptions], InputFormat>(
  {
    name: 'gzip',
    summary:
      'Records that may be packed with gzip, in one or several members. Every format unpacks gzip by itself, up to 32 MiB a record; this wrapper sets another limit.',
    settings: {
      format: 'The format of what is inside.',
      maxUnpackedBytes: 'What a record may unpack to, in bytes; more fails the record. Default 33554432.',
    },
    examples: [
      {
        shows: 'two members',
        args: [json()],
        in: { base64: 'H4sIAAAAAAAC/6tWylOyMqzlAgCTEb6FCAAAAB+LCAAAAAAAAv+rVspTsjKq5QIAyq/4hwgAAAA=' },
        out: '{"n":1}\n{"n":2}',
      },
      {
        shows: 'a member that is cut off',
        args: [json()],
        in: { base64: 'H4sIAAAAAAAC/6tWylOyMqzlqgbRRrVcAEXG' },
        out: { failed: 'InvalidGzip' },
      },
      {
        shows: 'more than the limit',
        args: [json(), { maxUnpackedBytes: 10 }],
        in: { base64: 'H4sIAAAAAAAC/6tWylOyMqzlAgCTEb6FCAAAAB+LCAAAAAAAAv+rVspTsjKq5QIAyq/4hwgAAAA=' },
        out: { failed: 'UnpackedTooLarge' },
      },
    ],
  },
  (format, { maxUnpackedBytes = MAX_UNPACKED } = {}) => ({
    name: `gzip(${format.name})`,
    decode: (data) => {
      const text = unpacked(data, maxUnpackedBytes);
      return typeof text === 'string' ? format.decode(text) : text;
    },
    split: (data, pieces) => splitContent(data, (text) => format.split?.(text, pieces), maxUnpackedBytes),
  }),
);
