import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEventBus, type LocalEventBus } from '../../../local/eventbridge/event-bus.ts';
import { type LocalEndpoint, openEndpoint } from '../../factories/local-endpoint.ts';

let local: LocalEndpoint;
let bus: LocalEventBus;
let client: EventBridgeClient;

beforeEach(async () => {
  local = await openEndpoint(({ clock }) => {
    bus = createEventBus({ clock, accountId: '123456789012' });
    return [bus];
  });
  client = new EventBridgeClient(local.client);
});

afterEach(async () => {
  client.destroy();
  await local.stop();
});

const event = (more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  Source: 'sluice',
  DetailType: 'Delivered',
  Detail: '{"n":1.0}',
  ...more,
});
const put = (Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));

test('what is put is kept as it came, and told', async () => {
  const told: string[] = [];
  const leave = bus.onEvent((each) => told.push(each.id));
  const { Entries, FailedEntryCount } = await put([event({ Resources: ['arn:x'], Time: new Date(0) })]);
  expect(FailedEntryCount).toBe(0);
  expect(bus.events()).toMatchObject([
    {
      source: 'sluice',
      'detail-type': 'Delivered',
      detail: '{"n":1.0}',
      resources: ['arn:x'],
      time: '1970-01-01T00:00:00.000Z',
      bus: 'default',
      account: '123456789012',
    },
  ]);
  expect(told).toEqual([Entries?.[0]?.EventId]);
  leave();
});

test('wrong entries fail one by one', async () => {
  bus.createBus('own');
  const { Entries, FailedEntryCount } = await put([
    event(),
    event({ Source: '' }),
    event({ Detail: '[]' }),
    event({ Detail: 'no json' }),
    event({ Source: 'aws.s3' }),
    event({ EventBusName: 'gone' }),
    event({ EventBusName: 'arn:aws:events:us-east-1:123456789012:event-bus/own' }),
  ]);
  expect(Entries?.map((each) => each.ErrorCode)).toEqual([
    undefined,
    'InvalidArgument',
    'MalformedDetail',
    'MalformedDetail',
    'NotAuthorizedForSourceException',
    'ResourceNotFoundException',
    undefined,
  ]);
  expect(FailedEntryCount).toBe(5);
  expect(bus.events().map((each) => each.bus)).toEqual(['default', 'own']);
});

test('ten entries and 1 MiB fit, and no more', async () => {
  await put(Array.from({ length: 10 }, () => event()));
  await expect(put(Array.from({ length: 11 }, () => event()))).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(put([event({ Detail: JSON.stringify({ big: 'x'.repeat(1_048_576) }) })])).rejects.toMatchObject({
    name: 'ValidationException',
  });
  expect(bus.events()).toHaveLength(10);
});
