import type { Document, Selector } from '../record/document.ts';
import type { StreamRecord } from '../record/record.ts';
import type { CompiledStep, Step, StepCompiler, StepContext } from '../record/step.ts';
import type { AggregateDefinition, WindowTime } from './definition.ts';
import { shortened, textAt } from './document-text.ts';
import { durationMs } from './duration.ts';
import { LATE } from './group.ts';

/** What one document gives to one aggregate. */
export interface Row {
  /** Index of the aggregate. */
  readonly aggregate: number;
  /** Start of the window, epoch milliseconds. */
  readonly window: number;
  readonly group: string;
  /** Aligned with the aggregate's measures; undefined where there is nothing to count. */
  readonly values: readonly unknown[];
}

/** Takes rows of documents at the end of a pipeline's steps. */
export interface Collector {
  /** To be the last step: it changes nothing. */
  readonly step: Step;
  /** What the record's documents gave. Forgets it. */
  take(record: StreamRecord): readonly Row[];
}

/** An aggregate bound to its pipeline. */
type Reader = (document: Document, context: StepContext) => Row | undefined;

export function createCollector(definitions: readonly AggregateDefinition[]): Collector {
  const rows = new Map<string, Row[]>();
  return {
    step: {
      name: 'aggregate',
      stage: 'filter',
      compile: (compiler): CompiledStep => {
        const readers = definitions.map((definition, index) => compileReader(definition, index, compiler));
        return {
          apply: (document, context) => {
            const own = rows.get(context.record.id) ?? [];
            for (const read of readers) {
              const row = read(document, context);
              if (row !== undefined) own.push(row);
            }
            rows.set(context.record.id, own);
            return undefined;
          },
        };
      },
    },
    take: ({ id }) => {
      const own = rows.get(id) ?? [];
      rows.delete(id);
      return own;
    },
  };
}

function compileReader(definition: AggregateDefinition, aggregate: number, compiler: StepCompiler): Reader {
  const { size, time = { kind: 'arrival' }, only = [], groupBy = [], measures } = definition;
  const sizeMs = durationMs(size) ?? 1;
  const steps = only.map((step) => step.compile(compiler));
  const selectors = groupBy.map((path) => compiler.selector(path));
  const readers = Object.values(measures).map((measure) => measure.compile(compiler));
  const momentOf = compileTime(time, compiler);
  return (document, context) => {
    if (steps.some((step) => step.apply(document, context) !== undefined)) return undefined;
    const arrival = context.record.arrival ?? context.now;
    const moment = momentOf(document, arrival);
    return {
      aggregate,
      window: Math.floor((moment ?? arrival) / sizeMs) * sizeMs,
      group: moment === undefined ? LATE : groupOf(document, selectors),
      values: readers.map((read) => read(document)),
    };
  };
}

/** Undefined: the event is late. */
function compileTime(time: WindowTime, compiler: StepCompiler) {
  if (time.kind === 'arrival') return (_: Document, arrival: number): number | undefined => arrival;
  const selector = compiler.selector(time.path);
  const allowed = durationMs(time.allowedLateness) ?? 0;
  return (document: Document, arrival: number): number | undefined => {
    const moment = momentAt(document, selector);
    return moment === undefined || Math.abs(arrival - moment) > allowed ? undefined : moment;
  };
}

/** Epoch numbers from this one on are milliseconds: as seconds it is the year 5138. */
const MILLISECONDS_FROM = 1e11;

function momentAt(document: Document, selector: Selector): number | undefined {
  const text = textAt(document, selector);
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  const moment = Number.isNaN(number) ? Date.parse(text) : number < MILLISECONDS_FROM ? number * 1000 : number;
  return Number.isFinite(moment) ? moment : undefined;
}

function groupOf(document: Document, selectors: readonly Selector[]): string {
  return JSON.stringify(
    selectors.map((selector) => {
      const text = textAt(document, selector);
      return text === undefined ? null : shortened(text);
    }),
  );
}
