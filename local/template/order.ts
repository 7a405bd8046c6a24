import type { RawResource } from './raw.ts';

/** Logical ids that a resource refers to or depends on, of those that exist. */
export function resourceReferences(resource: RawResource, live: Readonly<Record<string, RawResource>>): string[] {
  const found = new Set<string>();
  const add = (id: unknown): void => {
    if (typeof id === 'string' && Object.hasOwn(live, id)) found.add(id);
  };
  for (const id of [resource.DependsOn ?? []].flat()) add(id);
  collect(resource.Properties, add);
  return [...found];
}

function collect(value: unknown, add: (id: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'Ref') add(inner);
    else if (key === 'Fn::GetAtt') add(Array.isArray(inner) ? inner[0] : String(inner).split('.')[0]);
    else if (key === 'Fn::Sub') {
      const text = Array.isArray(inner) ? inner[0] : inner;
      for (const match of String(text).matchAll(/\$\{([^!}.]+)[^}]*\}/g)) add(match[1]);
      if (Array.isArray(inner)) collect(inner[1], add);
    } else collect(inner, add);
  }
}

/** Ids sorted so that each comes after what it refers to; otherwise as the template lists them. Circles are faults. */
export function orderOf(
  live: Readonly<Record<string, RawResource>>,
  references: (id: string) => readonly string[],
  faults: string[],
): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string, way: readonly string[]): void => {
    if (state.get(id) === 'done') return;
    if (state.get(id) === 'open') {
      faults.push(`${id}: circular dependency ${[...way.slice(way.indexOf(id)), id].join(' → ')}`);
      return;
    }
    state.set(id, 'open');
    for (const next of references(id)) if (next !== id) visit(next, [...way, id]);
    state.set(id, 'done');
    order.push(id);
  };
  for (const id of Object.keys(live)) visit(id, []);
  return order;
}
