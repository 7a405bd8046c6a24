import type { AggregateDefinition } from '../aggregate/definition.ts';
import type { Delivery } from '../delivery/destination.ts';
import type { InputFormat, OutputFormat } from '../record/format.ts';
import type { Step } from '../record/step.ts';
import type { IcebergDefinition } from './iceberg.ts';
import type { DocumentValue } from './value.ts';

/** What the stream consumer does with the pipeline. */
export interface ConsumerDefinition {
  /**
   * For a consumer whose records go on to the pipeline's own transform: the steps that decide which records go on. They
   * leave as they came, so that the transform reads what the producer wrote and masks once. Without it the consumer runs
   * the pipeline's own steps, and what it delivers is finished.
   */
  readonly admit?: readonly Step[];
  /** Where the consumer delivers to; default `firehose()`, to the setting DELIVERY_STREAM. */
  readonly deliver?: Delivery;
}

/** One stream: how its records are read, what is done to each document, and how they leave. */
export interface PipelineDefinition {
  /** Names the pipeline in metrics, logs and the PIPELINE setting: lower case letters, digits, hyphens. */
  readonly name: string;
  /** The author's own version, for `ingestMetadata`. */
  readonly version?: string;
  readonly input: InputFormat;
  readonly steps: readonly Step[];
  /** Keys for Firehose's dynamic partitioning: name → value. */
  readonly partition?: Readonly<Record<string, DocumentValue>>;
  readonly output: OutputFormat;
  readonly iceberg?: IcebergDefinition;
  /** What tells one event from another, where a duplicate must be known as one. */
  readonly id?: DocumentValue;
  readonly consumer?: ConsumerDefinition;
  /** What the stream aggregator counts. */
  readonly aggregate?: readonly AggregateDefinition[];
}

/** Checks a pipeline's types; what types can't tell is told when it is compiled. */
export function definePipeline<const Definition extends PipelineDefinition>(definition: Definition): Definition {
  return definition;
}
