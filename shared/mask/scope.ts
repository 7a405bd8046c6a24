import { type CompiledSelector, compilePath } from '../json/index.ts';
import type { StepCompiler } from '../record/step.ts';

/** Tells whether a value is in scope, by its path as documents write it. */
export type Scope = (path: string) => boolean;

type Segments = CompiledSelector['segments'];

/** Patterns of paths, each with all that is below it. Mistakes in them are faults. */
export function compileScope(patterns: readonly string[], compiler: StepCompiler): Scope {
  const compiled: Segments[] = [];
  for (const pattern of patterns) {
    const read = compilePath(pattern);
    if ('fault' in read) compiler.fault(read.fault);
    else compiled.push(read.segments);
  }
  return (path) => {
    const segments = segmentsOf(path);
    return compiled.some((pattern) => reaches(pattern, segments));
  };
}

function segmentsOf(path: string): Segments {
  if (path === '') return [];
  const read = compilePath(path);
  return 'fault' in read ? [] : read.segments;
}

/** Whether the pattern matches the path or one of its parents: the set of places in the pattern, moved along the path. */
function reaches(pattern: Segments, path: Segments): boolean {
  let places = withDeep(pattern, [0]);
  for (const segment of path) {
    if (places.includes(pattern.length)) return true;
    const next: number[] = [];
    for (const place of places) {
      const asked = pattern[place]!;
      if (asked.kind === 'deep') next.push(place);
      else if (asked.kind === 'any') next.push(place + 1);
      else if (asked.kind === 'key' && segment.kind === 'key' && asked.key === segment.key) next.push(place + 1);
      else if (asked.kind === 'index' && segment.kind === 'index' && asked.index === segment.index)
        next.push(place + 1);
    }
    places = withDeep(pattern, next);
  }
  return places.includes(pattern.length);
}

/** `**` also stands for no level at all. */
function withDeep(pattern: Segments, places: readonly number[]): number[] {
  const all = new Set(places);
  for (const place of all) if (pattern[place]?.kind === 'deep') all.add(place + 1);
  return [...all];
}
