import { maskDetected } from '../../../shared/mask/index.ts';
import type { Method } from '../../../shared/mask/method.ts';
import { loaded } from '../redaction.ts';
import type { Case } from './cases.ts';

/** Something found, or to be found, in a text. */
export interface Label {
  readonly entity: string;
  readonly start: number;
  readonly end: number;
}

/** How one entity fares. */
export interface Score {
  readonly entity: string;
  hits: number;
  misses: number;
  alarms: number;
}

const OPEN = '⟦';
const CLOSE = '⟧';

/** A marked text as plain text and its labels. */
export function parseMarks(marked: string): { readonly text: string; readonly labels: Label[] } {
  const labels: Label[] = [];
  let text = '';
  let at = 0;
  for (let open = marked.indexOf(OPEN); open >= 0; open = marked.indexOf(OPEN, at)) {
    const colon = marked.indexOf(':', open);
    const close = marked.indexOf(CLOSE, colon);
    text += marked.slice(at, open);
    const found = marked.slice(colon + 1, close);
    labels.push({ entity: marked.slice(open + 1, colon), start: text.length, end: text.length + found.length });
    text += found;
    at = close + 1;
  }
  return { text: text + marked.slice(at), labels };
}

/** Marks what is found instead of masking it. */
const marking: Method = {
  name: 'mark',
  compile: () => ({
    mask: ({ text, token }) => `${OPEN + token.slice(1, -1).toLowerCase().replaceAll('_', '-')}:${text}${CLOSE}`,
  }),
};

/** A detection step as the `redact` pipeline has it, that marks what it finds. */
export function createMarker(): Promise<(json: string) => string> {
  return loaded(maskDetected('**', 'all', marking));
}

const mark = await createMarker();

/** The document that a case is. */
function documentFor({ path, text, number }: Case): string {
  const plain = parseMarks(text).text;
  return path.reduceRight(
    (inner, key) => `{${JSON.stringify(key)}:${inner}}`,
    number === true ? plain : JSON.stringify(plain),
  );
}

/** What is found in a case. */
function findsIn(each: Case, run: (json: string) => string): Label[] {
  const out: unknown = each.path.reduce(
    (value, key) => (value as Record<string, unknown>)[key],
    JSON.parse(run(documentFor(each))),
  );
  return parseMarks(String(out)).labels;
}

const overlap = (a: Label, b: Label) => Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
/** How much of two extents together is common to both. */
const iou = (a: Label, b: Label) => overlap(a, b) / (a.end - a.start + b.end - b.start - overlap(a, b));
const ENOUGH = 0.9;

/** Scores every entity, and says what went wrong. */
export function scoreCases(
  cases: readonly Case[],
  run = mark,
): { readonly scores: ReadonlyMap<string, Score>; readonly faults: readonly string[] } {
  const scores = new Map<string, Score>();
  const faults: string[] = [];
  const scoreOf = (entity: string) => {
    const score = scores.get(entity) ?? { entity, hits: 0, misses: 0, alarms: 0 };
    scores.set(entity, score);
    return score;
  };
  for (const each of cases) {
    const expected = parseMarks(each.text).labels;
    const found = findsIn(each, run);
    for (const label of expected) {
      const hit = found.some((other) => other.entity === label.entity && iou(label, other) >= ENOUGH);
      if (hit) scoreOf(label.entity).hits++;
      else {
        scoreOf(label.entity).misses++;
        faults.push(`missed ${label.entity} in ${JSON.stringify(each)}: ${JSON.stringify(found)}`);
      }
    }
    for (const label of found) {
      if (expected.some((other) => other.entity === label.entity && iou(label, other) >= ENOUGH)) continue;
      scoreOf(label.entity).alarms++;
      faults.push(`false ${label.entity} in ${JSON.stringify(each)}`);
    }
  }
  return { scores, faults };
}

export const recall = ({ hits, misses }: Score) => (hits + misses === 0 ? 1 : hits / (hits + misses));
export const precision = ({ hits, alarms }: Score) => (hits + alarms === 0 ? 1 : hits / (hits + alarms));

/** F2: recall counts twice as much as precision. */
export function f2(score: Score): number {
  const p = precision(score);
  const r = recall(score);
  return p + r === 0 ? 0 : (5 * p * r) / (4 * p + r);
}
