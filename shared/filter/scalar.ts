import { classes } from '../json/index.ts';
import type { Node } from '../record/document.ts';
import type { StepCompiler } from '../record/step.ts';

/** A JSON value that is neither object nor array. A bigint stands for a whole number of any length. */
export type Scalar = string | number | bigint | boolean | null;

/** Tests whether a value is one of these. */
export function isOneOf(values: readonly Scalar[], compiler: StepCompiler): (node: Node) => boolean {
  for (const value of values) if (typeof value === 'number') checkNumber(value, compiler);
  if (values.length === 1) return isValue(values[0]!);
  const texts = new Set(values.filter((value) => typeof value === 'string'));
  const numbers = new Set(values.filter((value) => typeof value === 'number'));
  const wholes = new Set(values.filter((value) => typeof value === 'bigint'));
  const words = new Set(values.filter((value) => typeof value === 'boolean' || value === null).map(String));
  return (node) => {
    switch (node.kind) {
      case 'string':
        return texts.size > 0 && texts.has(node.string!);
      case 'number':
        return isNumberIn(node.json, numbers, wholes);
      case 'boolean':
      case 'null':
        return words.has(node.json);
      default:
        return false;
    }
  };
}

/** 12345678901234567890 in source text is another number by the time it is run. */
function checkNumber(value: number, compiler: StepCompiler): void {
  if (!Number.isFinite(value)) compiler.fault(`${value} is no JSON number`);
  else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    compiler.fault(`${value} has lost digits: write it as a bigint, ${BigInt(value)}n`);
  }
}

/** The same for one value, which is what most conditions ask for. */
function isValue(value: Scalar): (node: Node) => boolean {
  if (typeof value === 'string') return (node) => node.string === value;
  if (typeof value === 'number') return (node) => node.kind === 'number' && Number(node.json) === value;
  if (typeof value === 'bigint')
    return (node) => node.kind === 'number' && WHOLE.test(node.json) && BigInt(node.json) === value;
  const word = String(value);
  return (node) => (node.classes & classes.LITERAL) !== 0 && node.json === word;
}

const WHOLE = /^-?\d{1,1000}$/;

function isNumberIn(json: string, numbers: ReadonlySet<number>, wholes: ReadonlySet<bigint>): boolean {
  // As keys of a set, -0 and 0 are the same.
  if (numbers.size > 0 && numbers.has(Number(json))) return true;
  return wholes.size > 0 && WHOLE.test(json) && wholes.has(BigInt(json));
}
