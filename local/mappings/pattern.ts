/**
 * Event patterns, as EventBridge rules and the filters of event source mappings use them.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import { fail, object, type Properties } from './properties.ts';

/** Whether a document has what a pattern asks for. */
export type Pattern = (document: unknown) => boolean;

/** Throws `MappingError` for a pattern that AWS would refuse. */
export function compilePattern(pattern: unknown, name = 'Pattern'): Pattern {
  const fields = object(pattern);
  if (fields === undefined) return fail(name, 'must be a JSON object');
  return compileFields(fields, name);
}

function compileFields(fields: Properties, name: string): Pattern {
  const tests = Object.entries(fields).map(([key, value]): Pattern => {
    const path = `${name}.${key}`;
    if (key === '$or') return compileOr(value, path);
    const test = Array.isArray(value) ? compileRules(value, path) : compileNested(value, path);
    return (document) => test(memberOf(document, key));
  });
  return (document) => tests.every((test) => test(document));
}

function compileNested(value: unknown, path: string): Pattern {
  const fields = object(value);
  if (fields === undefined) return fail(path, 'must be an object, or an array of what is asked for');
  const test = compileFields(fields, path);
  return (member) => (Array.isArray(member) ? member.some(test) : test(member));
}

function compileOr(value: unknown, path: string): Pattern {
  if (!Array.isArray(value)) return fail(path, 'must be an array of patterns');
  const tests = value.map((each, index) => compilePattern(each, `${path}[${index}]`));
  return (document) => tests.some((test) => test(document));
}

function memberOf(document: unknown, key: string): unknown {
  const fields = object(document);
  return fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** An array in the document matches when one of its elements does. */
function compileRules(rules: readonly unknown[], path: string): Pattern {
  if (rules.length === 0) return fail(path, 'asks for nothing');
  const tests = rules.map((rule) => compileRule(rule, path));
  return (member) => {
    const values = Array.isArray(member) ? member : [member];
    return tests.some((test) => (values.length === 0 ? test(undefined) : values.some(test)));
  };
}

function compileRule(rule: unknown, path: string): Pattern {
  const operator = object(rule);
  if (operator === undefined) return (value) => value !== undefined && value === rule;
  const [name, operand, ...others] = Object.entries(operator).flat();
  if (typeof name !== 'string' || others.length > 0) return fail(path, 'must hold one operator');
  const compile = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  return compile === undefined ? fail(path, `has no operator ${name}`) : compile(operand, `${path}.${name}`);
}

const isText = (value: unknown): value is string => typeof value === 'string';

const OPERATORS: Readonly<Record<string, (operand: unknown, path: string) => Pattern>> = {
  exists: (operand) => (value) => (value !== undefined) === operand,
  prefix: (operand, path) => onText(operand, path, (value, part) => value.startsWith(part)),
  suffix: (operand, path) => onText(operand, path, (value, part) => value.endsWith(part)),
  'equals-ignore-case': (operand, path) =>
    onText(operand, path, (value, part) => value.toLowerCase() === part.toLowerCase()),
  wildcard: (operand, path) => onText(operand, path, matchesWildcard),
  'anything-but': (operand, path) => {
    if (object(operand) !== undefined) {
      const test = compileRule(operand, path);
      return (value) => value !== undefined && !test(value);
    }
    const excluded = Array.isArray(operand) ? operand : [operand];
    return (value) => value !== undefined && !excluded.includes(value);
  },
  numeric: compileNumeric,
};

function onText(operand: unknown, path: string, test: (value: string, operand: string) => boolean): Pattern {
  const ignoreCase = object(operand)?.['equals-ignore-case'];
  if (isText(ignoreCase)) {
    return (value) => isText(value) && test(value.toLowerCase(), ignoreCase.toLowerCase());
  }
  return isText(operand) ? (value) => isText(value) && test(value, operand) : fail(path, 'must be text');
}

/** `*` stands for any characters. */
function matchesWildcard(value: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!value.startsWith(first)) return false;
  if (rest.length === 0) return value === first;
  let at = first.length;
  const last = rest.pop() as string;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}

const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** `["=", 5]` or `[">", 0, "<=", 5]`. */
function compileNumeric(operand: unknown, path: string): Pattern {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 === 1) return fail(path, 'must hold pairs');
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = COMPARISONS[String(operand[index])];
    const right: unknown = operand[index + 1];
    if (compare === undefined || typeof right !== 'number')
      return fail(path, 'must hold pairs of < <= = >= > and a number');
    tests.push((value) => compare(value, right));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}
