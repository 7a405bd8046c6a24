import { dropped } from '../record/outcome.ts';
import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import { keyAt } from './key.ts';

const LEFT_OUT = dropped('not sampled');

export const sample = documented<[share: number, by: string], Step>(
  {
    name: 'sample',
    summary:
      'Keeps a share of the documents, chosen by a value: documents with the same value are all kept or all left out, in every batch, every function and at every replay; a larger share holds all that a smaller one does. Without the value, the whole document chooses.',
    settings: { share: 'From 0 (none) to 1 (all).', by: 'The path of the value, such as a session.' },
    examples: [
      { shows: 'all', args: [1, 'sessionId'], in: '{"sessionId":"s-1"}', out: '{"sessionId":"s-1"}' },
      { shows: 'none', args: [0, 'sessionId'], in: '{"sessionId":"s-1"}', out: { dropped: 'not sampled' } },
      {
        shows: 'a value in the share',
        args: [0.5, 'sessionId'],
        in: '{"sessionId":"s-2"}',
        out: '{"sessionId":"s-2"}',
      },
    ],
  },
  (share, by) => ({
    name: 'sample',
    stage: 'filter',
    compile(compiler) {
      if (!(share >= 0 && share <= 1)) compiler.fault('the share must be from 0 to 1');
      const selector = compiler.selector(by, 'concrete');
      const limit = share * 2 ** 32;
      return {
        apply: (document) => (hashOf(keyAt(document, selector) ?? document.text()) < limit ? undefined : LEFT_OUT),
      };
    },
  }),
);

/** FNV-1a over the UTF-16 units, then murmur3's finalizer, so that similar keys fall far apart: a number below 2^32. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
