import { dedupe } from './dedupe.ts';
import { drop } from './drop.ts';
import { keep } from './keep.ts';
import { require } from './require.ts';
import { sample } from './sample.ts';
import { schema } from './schema.ts';

export { and, type Condition, not, or } from './condition.ts';
export { where } from './where.ts';
export { dedupe, drop, keep, require, sample, schema };

/** Every filter, for the reference pages and the conformance tests. */
export const filters = { require, drop, keep, schema, sample, dedupe } as const;
