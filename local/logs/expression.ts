/** The conditions in braces and brackets of a filter pattern: `$.level = "ERROR" && ($.status >= 500 || $.late IS TRUE)`. */

/** The pattern can't be read; says where. */
export class FilterPatternError extends Error {
  override readonly name = 'FilterPatternError';
}

/** `lookup` gives what a selector names, undefined where there is nothing. */
export type Condition = (lookup: (selector: string) => unknown) => boolean;

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|(%(?:[^%\\]|\\.)*%)|(&&|\|\||!=|>=|<=|[=<>()])|(\$(?:\.[\w*-]+|\.?\[[^\]]*\])*)|([^\s=<>!()&|"%,]+))/y;

interface Token {
  readonly kind: 'string' | 'regex' | 'operator' | 'word';
  readonly text: string;
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (source.slice(pattern.lastIndex).trim() !== '') {
    const at = pattern.lastIndex;
    const match = pattern.exec(source);
    if (match === null) throw new FilterPatternError(`Invalid filter pattern at "${source.slice(at, at + 16)}"`);
    const [, quoted, regex, operator, selector, word] = match;
    if (quoted !== undefined) found.push({ kind: 'string', text: quoted.slice(1, -1).replace(/\\(.)/g, '$1') });
    else if (regex !== undefined) found.push({ kind: 'regex', text: regex.slice(1, -1) });
    else if (operator !== undefined) found.push({ kind: 'operator', text: operator });
    else found.push({ kind: 'word', text: (selector ?? word) as string });
  }
  return found;
}

export function compileCondition(source: string): Condition {
  const list = tokens(source);
  let at = 0;
  const peek = (text: string): boolean => list[at]?.kind === 'operator' && list[at]?.text === text;
  const word = (text: string): boolean => list[at]?.kind === 'word' && list[at]?.text.toUpperCase() === text;

  function next(): Token {
    const token = list[at++];
    if (token === undefined) throw new FilterPatternError('Invalid filter pattern: it ends too soon');
    return token;
  }

  function either(): Condition {
    const parts = [both()];
    while (peek('||') && at++ >= 0) parts.push(both());
    return parts.length === 1 ? (parts[0] as Condition) : (lookup) => parts.some((part) => part(lookup));
  }

  function both(): Condition {
    const parts = [one()];
    while (peek('&&') && at++ >= 0) parts.push(one());
    return parts.length === 1 ? (parts[0] as Condition) : (lookup) => parts.every((part) => part(lookup));
  }

  function one(): Condition {
    if (peek('(')) {
      at += 1;
      const inner = either();
      if (next().text !== ')') throw new FilterPatternError('Invalid filter pattern: a ) is missing');
      return inner;
    }
    const selector = next().text;
    if (word('IS')) {
      at += 1;
      return compileIs(selector, next().text.toUpperCase());
    }
    if (word('NOT') || word('EXISTS')) {
      const wanted = word('EXISTS');
      at += wanted ? 1 : 2;
      return (lookup) => (lookup(selector) !== undefined) === wanted;
    }
    return compileComparison(selector, next(), next());
  }

  const condition = either();
  if (at < list.length) throw new FilterPatternError(`Invalid filter pattern at "${list[at]?.text}"`);
  return condition;
}

function compileIs(selector: string, what: string): Condition {
  const wanted = { NULL: null, TRUE: true, FALSE: false }[what];
  if (wanted === undefined) throw new FilterPatternError(`Invalid filter pattern at "IS ${what}"`);
  return (lookup) => lookup(selector) === wanted;
}

const ORDER: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function compileComparison(selector: string, operator: Token, operand: Token): Condition {
  if (operator.kind !== 'operator' || operand.kind === 'operator') {
    throw new FilterPatternError(`Invalid filter pattern at "${operator.text}"`);
  }
  const order = ORDER[operator.text];
  if (order !== undefined) {
    const right = Number(operand.text);
    if (Number.isNaN(right)) throw new FilterPatternError(`Invalid filter pattern: "${operand.text}" is no number`);
    return (lookup) => {
      const value = lookup(selector);
      const left = typeof value === 'string' && value !== '' ? Number(value) : value;
      return typeof left === 'number' && order(left, right);
    };
  }
  const equal = compileEqual(operand);
  const wanted = operator.text === '=';
  return (lookup) => {
    const value = lookup(selector);
    return value !== undefined && equal(value) === wanted;
  };
}

/** `*` stands for any characters; text and numbers are compared as they are written. */
function compileEqual(operand: Token): (value: unknown) => boolean {
  const pattern = operand.kind === 'regex' ? readRegex(operand.text) : wildcard(operand.text);
  return (value) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false;
    if (typeof value === 'number' && operand.kind === 'word' && value === Number(operand.text)) return true;
    return typeof pattern === 'string' ? pattern === String(value) : pattern.test(String(value));
  };
}

export function readRegex(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw new FilterPatternError(`Invalid regular expression in filter pattern: ${source.slice(0, 64)}`);
  }
}

function wildcard(text: string): RegExp | string {
  if (!text.includes('*')) return text;
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`);
}
