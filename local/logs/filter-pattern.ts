/** Filter patterns. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/FilterAndPatternSyntax.html */
import { type Condition, compileCondition, FilterPatternError, readRegex } from './expression.ts';

/** What matched: the fields that a pattern in brackets extracts; undefined for no match. */
export type FilterPattern = (message: string) => Readonly<Record<string, string>> | undefined;

const NO_FIELDS: Readonly<Record<string, string>> = {};

/** Throws `FilterPatternError` for a pattern that CloudWatch Logs would refuse. */
export function compileFilterPattern(source: string): FilterPattern {
  const pattern = source.trim();
  if (pattern === '') return () => NO_FIELDS;
  if (pattern.startsWith('{')) return compileJson(inside(pattern, '}'));
  if (pattern.startsWith('[')) return compileFields(inside(pattern, ']'));
  return compileTerms(pattern);
}

function inside(pattern: string, end: string): string {
  if (!pattern.endsWith(end)) throw new FilterPatternError(`Invalid filter pattern: it does not end with ${end}`);
  return pattern.slice(1, -1);
}

function compileJson(source: string): FilterPattern {
  const condition = compileCondition(source);
  return (message) => {
    if (!message.trimStart().startsWith('{')) return undefined;
    let document: unknown;
    try {
      document = JSON.parse(message);
    } catch {
      return undefined;
    }
    return condition((selector) => select(document, selector)) ? NO_FIELDS : undefined;
  };
}

const STEP = /\.([\w*-]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/g;

/** `$.a.b[0]['c d']` */
function select(document: unknown, selector: string): unknown {
  let value = document;
  for (const [, name, index, single, double] of selector.matchAll(STEP)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = name ?? index ?? single ?? double ?? '';
    value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

interface Field {
  readonly name: string;
  readonly condition: Condition | undefined;
}

/** `[ip, user, ..., status = 5*, bytes > 1000]` over a line whose fields are parted by spaces. */
function compileFields(source: string): FilterPattern {
  const fields = source.split(',').map((part): Field => {
    const text = part.trim();
    const name = /^[^\s=<>!()&|]+/.exec(text)?.[0] ?? '';
    if (name === '') throw new FilterPatternError('Invalid filter pattern: a field has no name');
    return { name, condition: text === name ? undefined : compileCondition(text) };
  });
  const rest = fields.findIndex(({ name }) => name === '...');
  return (message) => {
    const values = splitFields(message);
    if (rest === -1 ? values.length !== fields.length : values.length < fields.length - 1) return undefined;
    const skipped = values.length - fields.length;
    const extracted: Record<string, string> = {};
    for (const [index, { name, condition }] of fields.entries()) {
      if (index === rest) continue;
      const value = values[rest !== -1 && index > rest ? index + skipped : index] as string;
      if (condition !== undefined && !condition(() => value)) return undefined;
      extracted[name] = value;
    }
    return extracted;
  };
}

/** What stands in quotes or brackets is one field. */
function splitFields(message: string): string[] {
  return Array.from(message.matchAll(/"([^"]*)"|\[([^\]]*)\]|(\S+)/g), ([, quoted, bracketed, plain]) => {
    return quoted ?? bracketed ?? plain ?? '';
  });
}

const TERM = /([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|(\S+))/g;

/** Terms that must be there, `-` that must not, `?` of which one must be; beside other terms, `?` counts for nothing. */
function compileTerms(source: string): FilterPattern {
  const [wanted, unwanted, optional]: [Term[], Term[], Term[]] = [[], [], []];
  for (const [, sign, quoted, regex, word] of source.matchAll(TERM)) {
    const test = regex === undefined ? termOf(quoted?.replace(/\\(.)/g, '$1') ?? word ?? '') : regexTerm(regex);
    if (sign === '-') unwanted.push(test);
    else (sign === '?' ? optional : wanted).push(test);
  }
  const any = wanted.length === 0 && unwanted.length === 0 ? optional : [];
  return (message) => {
    const matches =
      wanted.every((term) => term(message)) &&
      !unwanted.some((term) => term(message)) &&
      (any.length === 0 || any.some((term) => term(message)));
    return matches ? NO_FIELDS : undefined;
  };
}

type Term = (message: string) => boolean;

const termOf =
  (text: string): Term =>
  (message) =>
    message.includes(text);

function regexTerm(source: string): Term {
  const regex = readRegex(source);
  return (message) => regex.test(message);
}
