/**
 * Conditions of policy statements: the operators that name keys' values by text, ARN, truth, number or absence.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { wildcard } from './wildcard.ts';

/** What a request says of itself: `aws:SecureTransport` → `true`. Keys are looked up without regard to case. */
export type Context = Readonly<Record<string, string | readonly string[] | undefined>>;
export type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type Test = (wanted: string, found: string) => boolean;

const equals: Test = (wanted, found) => wanted === found;
const like: Test = (wanted, found) => wildcard(wanted)(found);
const not =
  (test: Test): Test =>
  (wanted, found) =>
    !test(wanted, found);
const ignoringCase: Test = (wanted, found) => wanted.toLowerCase() === found.toLowerCase();
const number =
  (test: (found: number, wanted: number) => boolean): Test =>
  (wanted, found) =>
    test(Number(found), Number(wanted));

interface Operator {
  readonly test: Test;
  /** A negated operator holds where the key is absent, and only if no listed value matches. */
  readonly negated: boolean;
}

const holds = (test: Test): Operator => ({ test, negated: false });
const fails = (test: Test): Operator => ({ test: not(test), negated: true });

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: holds(equals),
  StringNotEquals: fails(equals),
  StringEqualsIgnoreCase: holds(ignoringCase),
  StringNotEqualsIgnoreCase: fails(ignoringCase),
  StringLike: holds(like),
  StringNotLike: fails(like),
  ArnEquals: holds(like),
  ArnLike: holds(like),
  ArnNotEquals: fails(like),
  ArnNotLike: fails(like),
  Bool: holds(ignoringCase),
  NumericEquals: holds(number((found, wanted) => found === wanted)),
  NumericLessThan: holds(number((found, wanted) => found < wanted)),
  NumericLessThanEquals: holds(number((found, wanted) => found <= wanted)),
  NumericGreaterThan: holds(number((found, wanted) => found > wanted)),
  NumericGreaterThanEquals: holds(number((found, wanted) => found >= wanted)),
};

const NAME = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

/** The operators of a statement that can't be told here: a policy that uses them must not seem to be enforced. */
export function unknownOperators(conditions: Conditions): readonly string[] {
  return Object.keys(conditions).filter((name) => {
    const operator = NAME.exec(name)?.[2] ?? '';
    return operator !== 'Null' && !Object.hasOwn(OPERATORS, operator);
  });
}

/** The keys that a statement's conditions ask for, in lower case. */
export function conditionKeys(conditions: Conditions): readonly string[] {
  return Object.values(conditions).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase()));
}

/** Whether all conditions hold. */
export function conditionsHold(conditions: Conditions, context: Context): boolean {
  const found = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(conditions).every(([name, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holdsFor(name, listOf(wanted), found.get(key.toLowerCase()))),
  );
}

function holdsFor(name: string, wanted: readonly string[], value: string | readonly string[] | undefined): boolean {
  const [, set, operatorName = '', ifExists] = NAME.exec(name) ?? [];
  if (operatorName === 'Null') return wanted.some((text) => (text.toLowerCase() === 'true') === (value === undefined));
  const operator = Object.hasOwn(OPERATORS, operatorName) ? OPERATORS[operatorName] : undefined;
  if (operator === undefined) return false;
  if (value === undefined) return ifExists !== undefined || operator.negated || set === 'ForAllValues';
  const matches = (found: string): boolean =>
    operator.negated
      ? wanted.every((text) => operator.test(text, found))
      : wanted.some((text) => operator.test(text, found));
  const values = typeof value === 'string' ? [value] : value;
  return set === 'ForAnyValue' ? values.some(matches) : values.every(matches);
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}
