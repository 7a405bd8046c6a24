/** Holds a template's resources to the CloudFormation schema: types, properties, required ones, values. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { type Fault, isIntrinsic, type Template } from './template.ts';

/** A type as the schema has it; `ref` leads to a structure. */
interface PropertyType {
  readonly type: string;
  readonly element?: PropertyType;
  readonly types?: readonly PropertyType[];
  readonly reference?: { readonly $ref: string };
  readonly allowedValues?: readonly (string | number)[];
}

interface Property {
  readonly type: PropertyType;
  readonly previousTypes?: readonly PropertyType[];
  readonly required?: boolean;
}

type Properties = Readonly<Record<string, Property>>;

export interface ResourceSchema {
  readonly properties: Properties;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const database = loadAwsServiceSpecSync();

export function schemaOf(type: string): ResourceSchema | undefined {
  return database.lookup('resource', 'cloudFormationType', 'equals', type)[0] as ResourceSchema | undefined;
}

/** Metric names that the schema's database knows of a namespace. */
export function metricsOf(namespace: string): ReadonlySet<string> {
  return new Set(database.lookup('metric', 'namespace', 'equals', namespace).map(({ name }) => name));
}

export function schemaFaults({ Resources }: Template): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
    if (Type.startsWith('Custom::')) continue;
    const schema = schemaOf(Type);
    if (schema === undefined) faults.push(`${id}: CloudFormation has no type ${Type}`);
    else checkProperties(Properties, schema.properties, id, faults);
  }
  return faults;
}

function checkProperties(given: object, properties: Properties, path: string, faults: Fault[]): void {
  for (const [name, { required }] of Object.entries(properties)) {
    if (required === true && !Object.hasOwn(given, name)) faults.push(`${path}: ${name} is required`);
  }
  for (const [name, value] of Object.entries(given)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) faults.push(`${path}: there is no property ${name}`);
    else checkValue(value, [property.type, ...(property.previousTypes ?? [])], `${path}.${name}`, faults);
  }
}

/** A value is right when it is so by one of the types; otherwise it is told what is wrong by the first. */
function checkValue(value: unknown, types: readonly PropertyType[], path: string, faults: Fault[]): void {
  for (const branch of branchesOf(value)) {
    const found = types.map((type) => {
      const own: Fault[] = [];
      checkOne(branch, type, path, own);
      return own;
    });
    if (found.every((own) => own.length > 0)) faults.push(...(found[0] as Fault[]));
  }
}

/** Of `Fn::If` both values; of other intrinsic functions none, since they have no value yet. */
function branchesOf(value: unknown): readonly unknown[] {
  if (!isIntrinsic(value)) return [value];
  const choice = value['Fn::If'];
  return Array.isArray(choice) ? choice.slice(1).flatMap(branchesOf) : [];
}

type Check = (value: unknown, type: PropertyType, path: string, faults: Fault[]) => void;

const CHECKS: Readonly<Record<string, Check>> = {
  ref: checkReference,
  union: (value, { types = [] }, path, faults) => checkValue(value, types, path, faults),
  array(value, { element }, path, faults) {
    if (!Array.isArray(value)) faults.push(`${path}: must be a list`);
    else
      for (const [index, item] of value.entries())
        checkValue(item, [element as PropertyType], `${path}[${index}]`, faults);
  },
  map(value, { element }, path, faults) {
    if (!isObject(value)) faults.push(`${path}: must be a map`);
    else
      for (const [key, item] of Object.entries(value))
        checkValue(item, [element as PropertyType], `${path}.${key}`, faults);
  },
  tag(value, _, path, faults) {
    if (!isObject(value) || typeof value.Key !== 'string') faults.push(`${path}: must be a tag, {Key, Value}`);
  },
  json(value, _, path, faults) {
    if (!isObject(value) && typeof value !== 'string') faults.push(`${path}: must be an object`);
  },
};

function checkOne(value: unknown, type: PropertyType, path: string, faults: Fault[]): void {
  const check = CHECKS[type.type] ?? checkScalar;
  check(value, type, path, faults);
}

function checkReference(value: unknown, type: PropertyType, path: string, faults: Fault[]): void {
  if (!isObject(value)) {
    faults.push(`${path}: must be an object`);
    return;
  }
  const definition = database.get('typeDefinition', type.reference?.$ref ?? '') as unknown as {
    properties: Properties;
  };
  checkProperties(value, definition.properties, path, faults);
}

/** CloudFormation takes numbers and truth values as text too, and numbers where it wants text. */
function checkScalar(value: unknown, { type, allowedValues }: PropertyType, path: string, faults: Fault[]): void {
  if (!SCALARS[type]?.(value)) {
    faults.push(`${path}: must be of type ${type}, not ${Array.isArray(value) ? 'a list' : typeof value}`);
  } else if (allowedValues !== undefined && !allowedValues.some((allowed) => String(allowed) === String(value))) {
    faults.push(`${path}: ${String(value)} is none of ${allowedValues.join(', ')}`);
  }
}

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => ['string', 'number', 'boolean'].includes(typeof value),
  'date-time': (value) => typeof value === 'string',
  number: isNumber,
  integer: (value) => isNumber(value) && Number.isInteger(Number(value)),
  boolean: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  null: (value) => value === null,
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
