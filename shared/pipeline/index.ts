/** What a pipeline's author imports. */
export { definePipeline, type PipelineDefinition } from './definition.ts';
export { day, field, hour, month } from './value.ts';
