import { type CompiledSelector, compilePath } from '../json/index.ts';
import { advance } from '../json/path.ts';
import type { StepCompiler } from '../record/step.ts';

/** Tells whether a path is in scope: the path of a value, as documents write it. */
export type Scope = (path: string) => boolean;

/** Patterns of paths, each with all that is below it. */
export function compileScope(patterns: readonly string[], compiler: StepCompiler): Scope {
  const selectors: CompiledSelector[] = [];
  for (const pattern of patterns) {
    const compiled = compilePath(pattern);
    if ('fault' in compiled) compiler.fault(compiled.fault);
    else selectors.push(compiled);
  }
  return (path) => selectors.some((selector) => reaches(selector, path));
}

function reaches(selector: CompiledSelector, path: string): boolean {
  let states = selector.start;
  if (states & selector.accept) return true;
  if (path === '') return false;
  const compiled = compilePath(path);
  if ('fault' in compiled) return false;
  for (const segment of compiled.segments) {
    if (segment.kind === 'key') states = advance(selector, states, 0, -1, () => segment.key);
    else if (segment.kind === 'index') states = advance(selector, states, 0, segment.index, () => undefined);
    if (states & selector.accept) return true;
    if (states === 0) return false;
  }
  return false;
}
