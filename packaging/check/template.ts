/** A compiled CloudFormation template, as its JSON has it. */
interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Condition?: string;
}

export interface Template {
  readonly Description?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
}

/** Says what is wrong, and where: `EventStream.Properties.ShardCount: …` */
export type Fault = string;

/** Whether a value is an intrinsic function: its own value is only known when the stack is made. */
export function isIntrinsic(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'));
}

/** Every object and array in a value, with the path to it. */
export function* nodesOf(value: unknown, path: string): Generator<{ readonly path: string; readonly node: object }> {
  if (typeof value !== 'object' || value === null) return;
  yield { path, node: value };
  for (const [key, inner] of Object.entries(value)) {
    yield* nodesOf(inner, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
  }
}

/** The text of a value as far as it is known: what an intrinsic function gives stands as `*`. */
export function knownText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!isIntrinsic(value)) return '*';
  const sub = value['Fn::Sub'];
  if (sub !== undefined) return String(Array.isArray(sub) ? sub[0] : sub).replace(/\$\{[^!}][^}]*\}/g, '*');
  const join = value['Fn::Join'];
  if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map(knownText).join(String(join[0]));
  return '*';
}
