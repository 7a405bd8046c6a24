import { json, ndjson } from '../../shared/formats/index.ts';
import { compilePipeline } from '../../shared/pipeline/compile.ts';
import { definePipeline, type PipelineDefinition } from '../../shared/pipeline/definition.ts';
import { byteStringOf, decodeUtf8, encodeUtf8 } from '../../shared/record/byte-string.ts';
import type { Outcome } from '../../shared/record/outcome.ts';
import type { Example } from '../../shared/record/reference.ts';

/** Runs texts or bytes through a pipeline made of these parts; what is not named reads JSON and does nothing. */
export async function runThrough(
  parts: Partial<PipelineDefinition>,
  ...records: readonly (string | Uint8Array)[]
): Promise<readonly Outcome[]> {
  const pipeline = compilePipeline(
    definePipeline({ name: 'example', input: json(), steps: [], output: ndjson(), ...parts }),
  );
  await pipeline.load();
  return pipeline.run(
    records.map((data, index) => ({
      id: `r${index}`,
      data: typeof data === 'string' ? encodeUtf8(data) : byteStringOf(data),
    })),
    { now: 1789809023187 },
  );
}

/** What became of one record, in the words that examples use. */
export function inWords(outcome: Outcome | undefined): Example<readonly unknown[]>['out'] {
  if (outcome?.kind === 'ok') return decodeUtf8(outcome.data).replace(/\n$/, '');
  return outcome?.kind === 'dropped' ? { dropped: outcome.reason } : { failed: outcome?.failure.code ?? 'nothing' };
}

export function bytesOfExample(input: Example<readonly unknown[]>['in']): string | Uint8Array {
  return typeof input === 'string' ? input : Buffer.from(input.base64, 'base64');
}
