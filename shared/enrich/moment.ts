import { decodeNumber } from '../json/index.ts';
import type { JsonText, Node } from '../record/document.ts';
import { isoOfCommonLog, isoOfInternet } from '../record/timestamp.ts';

/** A number or text that tells a moment, as a JSON string in ISO 8601, UTC. Undefined for everything else. */
export function readMoment(node: Node): JsonText | undefined {
  const iso = node.kind === 'number' ? isoOfEpoch(decodeNumber(node.json)) : isoOfText(node.string?.trim() ?? '');
  return iso === undefined ? undefined : `"${iso}"`;
}

function isoOfText(text: string): string | undefined {
  if (/^-?\d{1,19}(?:\.\d{1,9})?$/.test(text)) return isoOfEpoch(Number(text));
  return isoOfInternet(text) ?? isoOfCommonLog(text) ?? isoOfMail(text);
}

/** RFC 5322 and HTTP dates: `Thu, 19 Nov 2026 09:10:23 GMT`. */
const MAIL = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|[+-]\d{4})$/;

function isoOfMail(text: string): string | undefined {
  if (!MAIL.test(text)) return undefined;
  return isoOfEpochMs(Date.parse(text));
}

/** From here on a number counts milliseconds, microseconds, nanoseconds: as seconds it is the year 5138. */
const MILLISECONDS = 1e11;
const MICROSECONDS = 1e14;
const NANOSECONDS = 1e17;

function isoOfEpoch(value: number): string | undefined {
  const size = Math.abs(value);
  if (size < MILLISECONDS) return isoOfEpochMs(value * 1000);
  if (size < MICROSECONDS) return isoOfEpochMs(value);
  return isoOfEpochMs(size < NANOSECONDS ? value / 1e3 : value / 1e6);
}

function isoOfEpochMs(value: number): string | undefined {
  if (!(Math.abs(value) <= 8.64e15)) return undefined;
  const iso = new Date(Math.round(value)).toISOString();
  return iso.length === 24 ? iso : undefined;
}
