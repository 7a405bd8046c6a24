/**
 * CloudFormation's intrinsic functions, one a line, by its "Intrinsic function reference"
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html).
 */

/** What an intrinsic function may ask for. `at` names, in a fault, where the expression stands. */
export interface Scope {
  /** Works out the intrinsic functions inside a value. */
  resolve(value: unknown, at: string): unknown;
  /** What `Ref` gives. Undefined, and a fault, where nothing has the name. */
  named(name: string, at: string): unknown;
  attribute(logicalId: string, name: string, at: string): unknown;
  condition(name: string, at: string): boolean;
  mapping(map: string, top: string, second: string): unknown;
  fault(message: string): void;
}

type Intrinsic = (argument: unknown, at: string, scope: Scope) => unknown;

export const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, at, scope) => scope.named(String(name), at),
  Condition: (name, at, scope) => scope.condition(String(name), at),
  'Fn::Sub': substitute,
  'Fn::GetAtt': (argument, at, scope) => {
    const [id, ...rest] = Array.isArray(argument) ? argument : String(argument).split('.');
    return scope.attribute(String(id), rest.map((part) => scope.resolve(part, at)).join('.'), at);
  },
  'Fn::Join': (argument, at, scope) => {
    const [separator, parts] = list('Fn::Join', 2, argument, at, scope);
    return Array.isArray(parts) ? parts.map(String).join(String(separator)) : misuse('Fn::Join', at, scope);
  },
  'Fn::Split': (argument, at, scope) => {
    const [separator, text] = list('Fn::Split', 2, argument, at, scope);
    return String(text).split(String(separator));
  },
  'Fn::Select': (argument, at, scope) => {
    const [index, items] = list('Fn::Select', 2, argument, at, scope);
    const item = Array.isArray(items) ? items[Number(index)] : undefined;
    return item === undefined ? misuse('Fn::Select', at, scope) : item;
  },
  'Fn::If': (argument, at, scope) => {
    if (!Array.isArray(argument) || argument.length !== 3) return misuse('Fn::If', at, scope);
    return scope.resolve(scope.condition(String(argument[0]), at) ? argument[1] : argument[2], at);
  },
  'Fn::Equals': (argument, at, scope) => {
    const [one, other] = list('Fn::Equals', 2, argument, at, scope);
    return JSON.stringify(asText(one)) === JSON.stringify(asText(other));
  },
  'Fn::And': (argument, at, scope) => list('Fn::And', undefined, argument, at, scope).every(isTrue),
  'Fn::Or': (argument, at, scope) => list('Fn::Or', undefined, argument, at, scope).some(isTrue),
  'Fn::Not': (argument, at, scope) => !isTrue(list('Fn::Not', 1, argument, at, scope)[0]),
  'Fn::Base64': (argument, at, scope) => Buffer.from(String(scope.resolve(argument, at))).toString('base64'),
  'Fn::FindInMap': (argument, at, scope) => {
    const [map, top, second] = list('Fn::FindInMap', 3, argument, at, scope).map(String);
    const found = scope.mapping(map as string, top as string, second as string);
    if (found === undefined) scope.fault(`${at}: Mappings has no ${map}.${top}.${second}`);
    return found;
  },
};

/** The truth of a condition's value; CloudFormation takes "true" as text too. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function substitute(argument: unknown, at: string, scope: Scope): unknown {
  const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== 'string') return misuse('Fn::Sub', at, scope);
  return text.replace(/\$\{(!?)([^}]*)\}/g, (_whole, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (Object.hasOwn(own ?? {}, name)) return String(scope.resolve(own[name], at));
    const dot = name.indexOf('.');
    if (dot === -1) return String(scope.named(name, at));
    return String(scope.attribute(name.slice(0, dot), name.slice(dot + 1), at));
  });
}

function list(name: string, length: number | undefined, argument: unknown, at: string, scope: Scope): unknown[] {
  const whole = Array.isArray(argument) ? argument.map((item) => scope.resolve(item, at)) : undefined;
  if (whole !== undefined && (length === undefined || whole.length === length)) return whole;
  misuse(name, at, scope);
  return new Array(length ?? 0).fill(undefined);
}

function misuse(name: string, at: string, scope: Scope): undefined {
  scope.fault(`${at}: ${name} has arguments that can't be read`);
  return undefined;
}

/** CloudFormation compares parameters as text: `true` equals "true". */
function asText(value: unknown): unknown {
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : value;
}
