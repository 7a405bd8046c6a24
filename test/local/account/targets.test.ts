import { describe, expect, test } from 'vitest';
import { createTargets, type TargetServices } from '../../../local/account/targets.ts';

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:000000000000:${resource}`;

function start() {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    async (...values: unknown[]) =>
      void calls.push([name, ...values]);
  const services = {
    functions: { submit: note('submit') },
    queues: { send: note('send') },
    objects: { put: note('object') },
    streams: { put: (...values: unknown[]) => calls.push(['record', ...values]) },
    deliveryStreams: { put: note('delivery') },
    publish: note('publish'),
  } as unknown as TargetServices;
  return { calls, targets: createTargets(() => services) };
}

describe('a message', () => {
  test.each([
    [arn('lambda', 'function:f'), ['submit', arn('lambda', 'function:f'), '{}']],
    [arn('sqs', 'q'), ['send', arn('sqs', 'q'), '{}', undefined]],
    [arn('sns', 't'), ['publish', arn('sns', 't'), '{}']],
    [arn('firehose', 'deliverystream/d'), ['delivery', arn('firehose', 'deliverystream/d'), [Buffer.from('{}')]]],
    [
      arn('kinesis', 'stream/s'),
      ['record', arn('kinesis', 'stream/s'), [{ partitionKey: 'p', data: Buffer.from('{}') }]],
    ],
    ['arn:aws:s3:::bucket', ['object', 'bucket', 'a/key', Buffer.from('{}'), { contentType: 'application/json' }]],
  ])('finds its way to %s', async (to, expected) => {
    const { calls, targets } = start();
    await targets.send(to, '{}', { key: 'a/key', partitionKey: 'p' });
    expect(calls).toEqual([expected]);
  });

  test.each([arn('redshift', 'cluster:c'), arn('constructor', 'x'), 'no arn', 'arn:aws:s3:::bucket'])(
    'to %s that can’t take it is refused, never swallowed',
    async (to) => {
      const { targets } = start();
      await expect(targets.send(to, '{}')).rejects.toThrow(to);
    },
  );

  test('to a service that the account doesn’t have is refused', async () => {
    await expect(createTargets(() => ({})).send(arn('sqs', 'q'), '{}')).rejects.toThrow(arn('sqs', 'q'));
  });
});
