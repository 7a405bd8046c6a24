import type { Node, Selector } from '../record/document.ts';
import { epochMsOf, epochMsOfText } from '../record/moment.ts';
import type { StepCompiler } from '../record/step.ts';
import { inNetworks } from './cidr.ts';
import { type Condition, conditionOf, type Test } from './condition.ts';
import { isOneOf, type Scalar } from './scalar.ts';

/** A moment: ISO 8601 text, epoch seconds or milliseconds, or a Date. */
type Moment = string | number | Date;

/** What can be asked of the values at a path. Where several values match the path, one that fits is enough. */
export interface Where {
  /** Equal: text to text, numbers by value (1.0 is 1), `true`, `false`, `null` to themselves. A bigint compares all digits. */
  is(value: Scalar): Condition;
  /** Equal to one of these. */
  in(...values: readonly (Scalar | readonly Scalar[])[]): Condition;
  /** There is a value; null counts. */
  exists(): Condition;
  /** Text, or a number as it is spelled, that the pattern finds something in. */
  matches(pattern: RegExp): Condition;
  /** A number, or text that is one, greater than this. */
  greater(than: number): Condition;
  /** A number, or text that is one, less than this. */
  less(than: number): Condition;
  /** A moment (ISO 8601 text, epoch seconds or milliseconds) earlier than this one. */
  before(moment: Moment): Condition;
  /** A moment later than this one. */
  after(moment: Moment): Condition;
  /** An IP address in one of these networks: `10.0.0.0/8`, `2001:db8::/32`, or a single address. */
  cidr(...networks: readonly string[]): Condition;
}

type NodeTest = (node: Node) => boolean;

/** The values at a path, to ask something of. */
export function where(path: string): Where {
  const when = (question: string, testFor: (compiler: StepCompiler) => NodeTest) =>
    conditionOf(`where(${JSON.stringify(path)}).${question}`, (compiler) =>
      anyAt(compiler.selector(path), testFor(compiler)),
    );
  return {
    is: (value) => when(`is(${show(value)})`, (compiler) => isOneOf([value], compiler)),
    in: (...values) => {
      const all = values.flat() as readonly Scalar[];
      return when(`in(${all.map(show).join(', ')})`, (compiler) => isOneOf(all, compiler));
    },
    exists: () => when('exists()', () => () => true),
    matches: (pattern) => when(`matches(${pattern})`, () => matching(pattern)),
    greater: (than) => when(`greater(${than})`, () => (node) => numberOf(node) > than),
    less: (than) => when(`less(${than})`, () => (node) => numberOf(node) < than),
    before: (moment) =>
      when(`before(${show(moment)})`, (compiler) => comparing(moment, compiler, (at, limit) => at < limit)),
    after: (moment) =>
      when(`after(${show(moment)})`, (compiler) => comparing(moment, compiler, (at, limit) => at > limit)),
    cidr: (...networks) => when(`cidr(${networks.map(show).join(', ')})`, (compiler) => inNetworks(networks, compiler)),
  };
}

function anyAt(selector: Selector, fits: NodeTest): Test {
  if (!selector.path.includes('*')) {
    return (document) => {
      const node = document.get(selector);
      return node !== undefined && fits(node);
    };
  }
  return (document) => {
    let found = false;
    document.each(selector, (node) => {
      found ||= fits(node);
    });
    return found;
  };
}

/** With `g` or `y` a pattern remembers where it stopped, and its answer would depend on the record before. */
function matching(pattern: RegExp): NodeTest {
  const forgetful = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return (node) => {
    const text = node.kind === 'number' ? node.json : node.string;
    return text !== undefined && forgetful.test(text);
  };
}

const NUMBER = /^-?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?$/;

/** NaN, which is neither greater nor less than anything, where the value is no number. */
function numberOf(node: Node): number {
  if (node.kind === 'number') return Number(node.json);
  const text = node.string;
  return text !== undefined && NUMBER.test(text) ? Number(text) : Number.NaN;
}

function comparing(moment: Moment, compiler: StepCompiler, fits: (at: number, limit: number) => boolean): NodeTest {
  const limit = moment instanceof Date ? moment.getTime() : (epochMsOfText(String(moment)) ?? Number.NaN);
  if (Number.isNaN(limit)) compiler.fault(`${show(moment)} is no moment: write it as ISO 8601`);
  return (node) => {
    const at = epochMsOf(node);
    return at !== undefined && fits(at, limit);
  };
}

function show(value: Scalar | Date): string {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Date ? `new Date(${JSON.stringify(value)})` : JSON.stringify(value);
}
