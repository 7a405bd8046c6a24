import type { Functions } from '../account/contracts.ts';
import type { Entry } from '../generator/records.ts';
import type { Sample } from '../report/run-report.ts';

const SAMPLES = 3;

/**
 * A few records as they come and as they leave, by handing them to the transform as Firehose would. Records that the
 * pipeline leaves out, or can't read, are passed over.
 */
export async function takeSamples(
  functions: Functions,
  transform: string,
  deliveryStreamArn: string,
  candidates: readonly Entry[],
): Promise<readonly Sample[]> {
  const records = candidates.map(({ data }, at) => ({
    recordId: `sample-${at}`,
    approximateArrivalTimestamp: Date.now(),
    data: data.toString('base64'),
  }));
  const event = { invocationId: 'samples', deliveryStreamArn, region: deliveryStreamArn.split(':')[3], records };
  const { payload, functionError } = await functions.invoke(transform, JSON.stringify(event));
  if (functionError !== undefined) return [];
  const answers = (JSON.parse(payload) as { records?: { recordId: string; result: string; data: string }[] }).records;
  const samples: Sample[] = [];
  for (const [at, { data: before }] of candidates.entries()) {
    const answer = answers?.find(({ recordId }) => recordId === `sample-${at}`);
    if (answer?.result !== 'Ok') continue;
    samples.push({ before: before.toString(), after: Buffer.from(answer.data, 'base64').toString().trimEnd() });
  }
  return samples.slice(0, SAMPLES);
}
