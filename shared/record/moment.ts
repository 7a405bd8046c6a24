import type { Node } from './document.ts';
import { isoOfCommonLog, isoOfInternet } from './timestamp.ts';

/** From here on a number counts milliseconds, microseconds, nanoseconds: as seconds it is the year 5138. */
const MILLISECONDS = 1e11;
const MICROSECONDS = 1e14;
const NANOSECONDS = 1e17;
/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LATEST = 8.64e15;

/** The moment that a value tells, in epoch milliseconds: ISO 8601, an access log's time, or an epoch number. */
export function epochMsOf(node: Node): number | undefined {
  return node.kind === 'number' ? epochMsOfNumber(Number(node.json)) : epochMsOfText(node.string);
}

/** The same for text. Text that is a number counts as one. */
export function epochMsOfText(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d{1,19}(?:\.\d{1,9})?$/.test(text)) return epochMsOfNumber(Number(text));
  const iso = isoOfInternet(text) ?? isoOfCommonLog(text);
  return iso === undefined ? undefined : Date.parse(iso);
}

function epochMsOfNumber(value: number): number | undefined {
  const size = Math.abs(value);
  const ms =
    size < MILLISECONDS ? value * 1000 : size < MICROSECONDS ? value : size < NANOSECONDS ? value / 1e3 : value / 1e6;
  return Math.abs(ms) <= LATEST ? Math.round(ms) : undefined;
}
