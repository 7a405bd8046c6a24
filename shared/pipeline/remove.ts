import { remove as removeValues } from '../enrich/index.ts';
import { remove as removeMasked } from '../mask/index.ts';
import type { Step } from '../record/step.ts';

/** One word in two places: `remove('a.b', …)` is a step; `remove()` is a method, for `mask` and `maskDetected`. */
export function remove(): ReturnType<typeof removeMasked>;
export function remove(...paths: [string, ...string[]]): Step;
export function remove(...paths: string[]): ReturnType<typeof removeMasked> | Step {
  return paths.length === 0 ? removeMasked() : removeValues(...paths);
}
