import { compilePath, selectorOf } from '../json/index.ts';
import type { Document } from '../record/document.ts';
import type { Step, StepCompiler } from '../record/step.ts';
import type { PipelineDefinition } from './definition.ts';
import { compileIceberg } from './iceberg.ts';
import { compilePartition } from './partition.ts';
import type { BoundStep, Plan } from './plan.ts';
import { createRunner, type Run } from './run.ts';

/** A pipeline's definition is wrong. `faults` has every mistake, in the words a reader can act on; never a record's values. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly pipeline: string;
  readonly faults: readonly string[];

  constructor(pipeline: string, faults: readonly string[]) {
    super(`pipeline ${pipeline}: ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n- ${faults.join('\n- ')}`);
    this.pipeline = pipeline;
    this.faults = faults;
  }
}

/** A pipeline that is ready to run. */
export interface Pipeline {
  readonly name: string;
  readonly version: string | undefined;
  readonly definition: PipelineDefinition;
  /** Loads keys and reference data, once. Awaited at start-up, so that what is missing stops the function with a clear error. */
  load(): Promise<void>;
  readonly run: Run;
  /** The event's id by the definition's `id`; undefined where it declares none or the document has none. */
  idOf(document: Document): string | undefined;
}

export interface CompileOptions {
  /** Which steps to run: the pipeline's own, or those that the stream consumer runs. */
  readonly steps?: 'all' | 'consumer';
}

/** Compiles a definition, once, at cold start. Throws one PipelineError with every fault. */
export function compilePipeline(definition: PipelineDefinition, options: CompileOptions = {}): Pipeline {
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(definition.name)) {
    faults.push(`name ${JSON.stringify(definition.name)}: lower case letters, digits and hyphens, a letter first`);
  }
  const admit = options.steps === 'consumer' ? definition.consumer?.admit : undefined;
  const steps = admit ?? definition.steps;
  const bound = steps.map((_, index) => bindStep(steps, index, definition, faults));
  const compilerOf = (where: string) => compilerFor(definition, where, faults);
  const plan: Plan = {
    definition,
    steps: bound,
    forwards: admit !== undefined,
    partition: definition.partition && compilePartition(definition.partition, compilerOf('partition')),
    iceberg: definition.iceberg && compileIceberg(definition.iceberg, compilerOf('iceberg')),
  };
  const id = definition.id?.compile(compilerOf('id'));
  if (faults.length > 0) throw new PipelineError(definition.name, faults);
  const load = once(async () => {
    for (const step of bound) await step.compiled.load?.();
  });
  return {
    name: definition.name,
    version: definition.version,
    definition,
    load,
    run: createRunner(plan, load),
    idOf: (document) => id?.(document),
  };
}

function bindStep(steps: readonly Step[], index: number, definition: PipelineDefinition, faults: string[]): BoundStep {
  const step = steps[index]!;
  const where = `steps[${index}] ${step.name}`;
  try {
    const following = steps.slice(index + 1);
    const compiled = step.compile({ ...compilerFor(definition, where, faults), following });
    return { name: step.name, stage: step.stage, compiled };
  } catch (error) {
    faults.push(`${where}: ${error instanceof Error ? error.message : 'can not be compiled'}`);
    return { name: step.name, stage: step.stage, compiled: { apply: () => undefined } };
  }
}

function compilerFor(definition: PipelineDefinition, where: string, faults: string[]): StepCompiler {
  return {
    pipeline: definition.name,
    version: definition.version,
    selector(path, only) {
      const compiled = compilePath(path);
      if ('fault' in compiled) faults.push(`${where}: ${compiled.fault}`);
      else if (only === 'concrete' && !compiled.concrete)
        faults.push(`${where}: path ${JSON.stringify(path)}: no wildcards here`);
      else return compiled;
      return selectorOf('**');
    },
    fault: (message) => faults.push(`${where}: ${message}`),
  };
}

/** One successful call lasts; after a rejection the next call tries again. */
function once(load: () => Promise<void>): () => Promise<void> {
  let loading: Promise<void> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
