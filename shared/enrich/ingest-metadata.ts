import { encodeUtf8 } from '../record/byte-string.ts';
import { documented } from '../record/reference.ts';
import type { CompiledStep, Step, StepContext } from '../record/step.ts';
import { write } from './write.ts';

const FIELDS = [
  'arrivalTime',
  'processedTime',
  'shardId',
  'sequenceNumber',
  'subsequenceNumber',
  'partitionKey',
  'pipeline',
  'pipelineVersion',
] as const;
type IngestField = (typeof FIELDS)[number];

export interface IngestMetadataOptions {
  /** Path that the object is put at. Default `ingest`. */
  readonly to?: string;
  /** Which fields to write. Default: all but `processedTime` and `partitionKey`. */
  readonly fields?: readonly IngestField[];
  /** What `pipelineVersion` says. Default: the pipeline's own version. */
  readonly version?: string;
}

const DEFAULT_FIELDS: readonly IngestField[] = [
  'arrivalTime',
  'shardId',
  'sequenceNumber',
  'subsequenceNumber',
  'pipeline',
  'pipelineVersion',
];

export const ingestMetadata = documented<[options?: IngestMetadataOptions], Step>(
  {
    name: 'ingestMetadata',
    summary:
      'Adds where a record came from and when: arrivalTime, shardId, sequenceNumber, subsequenceNumber, pipeline, pipelineVersion. What is not known (a record put straight to a delivery stream has no shard) is left out.',
    settings: {
      to: 'Path that the object is put at. Default `ingest`.',
      fields: `Which fields to write, of ${FIELDS.join(', ')}. Default: ${DEFAULT_FIELDS.join(', ')}.`,
      version: "What `pipelineVersion` says. Default: the pipeline's own version.",
    },
    examples: [
      {
        shows: 'a record that came from nowhere known',
        args: [{ to: 'meta', fields: ['pipelineVersion', 'shardId'], version: '3' }],
        in: '{"id":1}',
        out: '{"id":1,"meta":{"pipelineVersion":"3"}}',
      },
    ],
  },
  ({ to = 'ingest', fields = DEFAULT_FIELDS, version } = {}) => ({
    name: 'ingestMetadata',
    stage: 'enrich',
    compile(compiler): CompiledStep {
      const target = compiler.selector(to, 'concrete');
      const unknown = fields.filter((field) => !FIELDS.includes(field));
      if (unknown.length > 0) compiler.fault(`fields names ${unknown.join(', ')}; known are ${FIELDS.join(', ')}`);
      const fixed = { pipeline: compiler.pipeline, pipelineVersion: version ?? compiler.version };
      return {
        apply(document, context) {
          const all = metadataOf(context, fixed);
          const object = Object.fromEntries(fields.map((field) => [field, all[field]]));
          return write(document, target, encodeUtf8(JSON.stringify(object)), 'ingestMetadata');
        },
      };
    },
  }),
);

type Metadata = Readonly<Record<IngestField, string | number | undefined>>;

function metadataOf({ record, now }: StepContext, fixed: Pick<Metadata, 'pipeline' | 'pipelineVersion'>): Metadata {
  const { arrival, position } = record;
  return {
    ...fixed,
    arrivalTime: arrival === undefined ? undefined : new Date(arrival).toISOString(),
    processedTime: new Date(now).toISOString(),
    shardId: position?.shardId,
    sequenceNumber: position?.sequenceNumber,
    subsequenceNumber: position?.subsequenceNumber,
    partitionKey: position?.partitionKey,
  };
}
