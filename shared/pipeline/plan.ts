import type { CompiledStep, Step } from '../record/step.ts';
import type { PipelineDefinition } from './definition.ts';
import type { IcebergRouter } from './iceberg.ts';
import type { Partitioner } from './partition.ts';

/** A step with what the runner says of it when it fails. */
export interface BoundStep {
  readonly name: string;
  readonly stage: Step['stage'];
  readonly compiled: CompiledStep;
}

/** All that a run needs, with the paths bound. */
export interface Plan {
  readonly definition: PipelineDefinition;
  readonly steps: readonly BoundStep[];
  /** Records that stay go on as they came. */
  readonly forwards: boolean;
  readonly partition: Partitioner | undefined;
  readonly iceberg: IcebergRouter | undefined;
}
