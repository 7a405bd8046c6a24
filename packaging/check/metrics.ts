/** Finds alarms and graphs of metrics that nobody sends. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from './aws-names.ts';
import { metricsOf } from './schema.ts';
import { type Fault, isIntrinsic, knownText, nodesOf, type Template } from './template.ts';

const OWN = 'Sluice';
const SOURCES = ['functions', 'shared'];

/** Names that the code counts: `count('RecordsIn', …)`. */
export function emittedMetrics(root: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const source of SOURCES) {
    for (const file of readdirSync(join(root, source), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const text = readFileSync(join(root, source, file), 'utf8');
      for (const [, name = ''] of text.matchAll(/\bcount\(\s*'([A-Z]\w+)'/g)) names.add(name);
    }
  }
  return names;
}

export function metricFaults({ Resources }: Template, emitted: ReadonlySet<string>): readonly Fault[] {
  const faults: Fault[] = [];
  const check = (namespace: string, name: string, path: string): void => {
    const known = namespace === OWN ? emitted : new Set([...metricsOf(namespace), ...(METRICS[namespace] ?? [])]);
    if (!known.has(name)) faults.push(`${path}: nobody sends ${name} to ${namespace}`);
  };
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    if (Type === 'AWS::CloudWatch::Alarm') checkAlarm(Properties, id, check);
    if (Type === 'AWS::CloudWatch::Dashboard') checkDashboard(Properties?.DashboardBody, id, check, faults);
  }
  return faults;
}

type Check = (namespace: string, name: string, path: string) => void;

function checkAlarm(properties: unknown, id: string, check: Check): void {
  for (const { node, path } of nodesOf(properties, id)) {
    const { Namespace, MetricName, Expression } = node as Record<string, unknown>;
    if (MetricName !== undefined) check(knownText(Namespace), knownText(MetricName), path);
    if (Expression !== undefined) checkQuery(knownText(Expression), path, check);
  }
}

/** `SELECT SUM(RecordsFailed) FROM SCHEMA("Sluice", …)`, `SEARCH('{Sluice,code} MetricName="RecordsFailed"', …)` */
function checkQuery(expression: string, path: string, check: Check): void {
  const query = /SELECT \w+\("?([\w.]+)"?\) FROM (?:SCHEMA\()?"?([\w/]+)"?/.exec(expression);
  if (query !== null) check(query[2] as string, query[1] as string, path);
  const search = /SEARCH\('\{"?([\w/]+)"?[^}]*\}[^']*MetricName="([\w.]+)"/.exec(expression);
  if (search !== null) check(search[1] as string, search[2] as string, path);
}

interface Widget {
  readonly properties?: { readonly metrics?: readonly (readonly unknown[])[]; readonly title?: string };
}

function checkDashboard(body: unknown, id: string, check: Check, faults: Fault[]): void {
  const text = knownText(body);
  let widgets: readonly Widget[];
  try {
    widgets = (JSON.parse(text) as { widgets: readonly Widget[] }).widgets;
  } catch {
    faults.push(`${id}: DashboardBody is not JSON${isIntrinsic(body) ? ', with * for what is substituted' : ''}`);
    return;
  }
  for (const { properties } of widgets) checkWidget(properties ?? {}, id, check);
}

function checkWidget({ metrics = [], title }: NonNullable<Widget['properties']>, id: string, check: Check): void {
  let before: readonly unknown[] = [];
  for (const row of metrics) {
    const path = `${id} «${title ?? ''}»`;
    // `.` and `...` stand for what the row above has.
    const named = row.map((item, index) => (item === '.' ? before[index] : item));
    const full = named[0] === '...' ? before : named;
    const [first] = full;
    if (typeof first === 'string') check(first, String(full[1]), path);
    else if (typeof first === 'object') checkQuery(String((first as { expression?: string }).expression), path, check);
    before = full;
  }
}
