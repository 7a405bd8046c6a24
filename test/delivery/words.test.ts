import { afterEach, describe, expect, it, vi } from 'vitest';
import { destinations, eventBridge, firehose, kinesis, s3, sqs } from '../../shared/delivery/index.ts';
import { putAll } from '../../shared/delivery/put-all.ts';

const MINUTE = { remainingMs: () => 60_000 };
const ENTRY = { id: 's:1', data: '{"n":1}\n', documents: 1, partitionKey: 'k', partitionKeys: { user: 'u-1' } };

afterEach(() => void vi.unstubAllEnvs());

describe('the words of deliver', () => {
  it('name their destination', () => {
    for (const [word, make] of Object.entries(destinations)) expect(make().name).toBe(word);
  });

  it.each([
    ['DELIVERY_STREAM', firehose()],
    ['DELIVERY_KINESIS_STREAM', kinesis()],
    ['DELIVERY_QUEUE_URL', sqs()],
    ['DELIVERY_BUCKET', s3()],
  ])('say that %s is not set, when something is to be delivered', async (setting, delivery) => {
    vi.stubEnv(setting, '');
    const [result] = await putAll(delivery.connect(), [ENTRY], { deadline: MINUTE });
    expect(result).toMatchObject({ failure: { code: 'DestinationNotConfigured', retryable: true } });
    expect(JSON.stringify(result)).toContain(setting);
  });

  it('join where it is safe, or where the author says so', () => {
    expect(firehose().connect().joinBytes).toBe(51_200);
    expect(firehose().connect({ join: false }).joinBytes).toBe(0);
    expect(firehose({ joinBytes: 9_000 }).connect({ join: false }).joinBytes).toBe(9_000);
    expect(eventBridge().connect().joinBytes).toBe(0);
    expect(firehose({ order: 'none' }).connect().ordered).toBe(false);
  });

  it('count a Kinesis record with the key it gets: its own, or one of the pipeline’s', () => {
    expect(kinesis().connect().sizeOf(ENTRY)).toBe(ENTRY.data.length + 1);
    expect(kinesis({ partitionKey: 'user' }).connect().sizeOf(ENTRY)).toBe(ENTRY.data.length + 3);
    expect(kinesis({ recordBytes: 10 * 1024 * 1024 }).connect().limits.record).toBe(10 * 1024 * 1024);
  });
});
