import { type ParseArgsConfig, parseArgs } from 'node:util';
import { capacityFor, type LambdaWork, type Load, monthlyCost, putCost } from './capacity.ts';
import { PRICED_ON, PRICES, type Prices } from './prices.ts';

/** `npm run plan`: shards, capacities and monthly costs for a load. */
const HELP = `Plans the capacity and the monthly cost of a stream.

  npm run plan -- --record-kb 1024 --records-per-second 2 --consumers 1

  --record-kb N              size of a record, KB (default 1)
  --records-per-second N     records that come in (default 1000)
  --consumers N              readers that share the stream (default 1)
  --records-per-object N     records that Firehose buffers into one S3 object (default 1000)
  --microseconds N           Lambda's time for one record, all functions (default 8; measure it with npm run bench)
  --memory-mb N              memory of the functions (default 1024)
  --price NAME=DOLLARS       another price, can be repeated: ${Object.keys(PRICES).join(', ')}
  --json                     figures as JSON
`;

const OPTIONS = {
  'record-kb': { type: 'string', default: '1' },
  'records-per-second': { type: 'string', default: '1000' },
  consumers: { type: 'string', default: '1' },
  'records-per-object': { type: 'string', default: '1000' },
  microseconds: { type: 'string', default: '8' },
  'memory-mb': { type: 'string', default: '1024' },
  price: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} satisfies ParseArgsConfig['options'];

class ArgumentError extends Error {}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    throw new ArgumentError(`--${name} must be a number above 0, not ${text}.`);
  return value;
}

function pricesWith(overrides: readonly string[]): Prices {
  const prices = { ...PRICES };
  for (const override of overrides) {
    const [name = '', dollars = ''] = override.split('=');
    if (!(name in prices))
      throw new ArgumentError(`There is no price ${name}; known: ${Object.keys(prices).join(', ')}.`);
    prices[name as keyof Prices] = positive('price', dollars);
  }
  return prices;
}

function dollars(value: number): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function plan(args: readonly string[]): string {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return HELP;
  const load: Load = {
    recordKb: positive('record-kb', values['record-kb']),
    recordsPerSecond: positive('records-per-second', values['records-per-second']),
    consumers: positive('consumers', values.consumers),
  };
  const perObject = positive('records-per-object', values['records-per-object']);
  const work: LambdaWork = {
    microsecondsPerRecord: positive('microseconds', values.microseconds),
    memoryMb: positive('memory-mb', values['memory-mb']),
    recordsPerInvocation: Math.max(1, Math.min(500, Math.floor(1024 / load.recordKb))),
  };
  const prices = pricesWith(values.price ?? []);
  const capacity = capacityFor(load);
  const cost = monthlyCost(load, work, prices);
  const puts = putCost(load.recordsPerSecond * 3600, perObject, prices);
  if (values.json) return JSON.stringify({ load, capacity, cost, puts, prices, pricedOn: PRICED_ON }, null, 2);
  return report(load, capacity, cost, puts, perObject);
}

function report(
  load: Load,
  capacity: ReturnType<typeof capacityFor>,
  cost: ReturnType<typeof monthlyCost>,
  puts: ReturnType<typeof putCost>,
  perObject: number,
): string {
  const ways = [
    ['provisioned stream + Firehose', cost.provisioned + cost.firehose + cost.lambda],
    ['on-demand stream + Firehose', cost.onDemand + cost.firehose + cost.lambda],
    ['Firehose only', cost.firehoseOnly + cost.lambda],
  ] as const;
  const streams = ways.slice(0, 2);
  const cheapest = streams.reduce((one, other) => (other[1] < one[1] ? other : one));
  const firehoseOnly = ways[2];
  return [
    `${load.recordsPerSecond} records/s of ${load.recordKb} KB, ${load.consumers} consumer${load.consumers === 1 ? '' : 's'}`,
    '',
    `incoming        ${capacity.incomingKb.toLocaleString('en-US')} KB/s`,
    `outgoing        ${capacity.outgoingKb.toLocaleString('en-US')} KB/s`,
    `shards          ${capacity.shards} (asked for by ${capacity.bound})`,
    `they take       ${capacity.writeMb} MB/s in, ${capacity.readMb} MB/s out`,
    '',
    `a month, us-east-1, prices of ${PRICED_ON}`,
    `stream, provisioned           ${dollars(cost.provisioned).padStart(14)}`,
    `stream, on-demand             ${dollars(cost.onDemand).padStart(14)}`,
    `Firehose                      ${dollars(cost.firehose).padStart(14)}   each record rounded up to 5 KB`,
    `Lambda                        ${dollars(cost.lambda).padStart(14)}`,
    ...ways.map(([name, total]) => `${name.padEnd(30)}${dollars(total).padStart(14)}   in all`),
    '',
    `S3 PUTs, an object a record   ${dollars(puts.single).padStart(14)}`,
    `in objects of ${String(perObject).padEnd(16)}${dollars(puts.buffered).padStart(14)}`,
    '',
    `Cheapest with a stream: ${cheapest[0]}, ${why(cost)}. Without one (no replay from it, no second reader, no order`,
    `within a key), ${firehoseOnly[0]} saves ${dollars(cheapest[1] - firehoseOnly[1])} a month.`,
  ].join('\n');
}

function why(cost: ReturnType<typeof monthlyCost>): string {
  return cost.provisioned <= cost.onDemand
    ? 'as long as the load is as steady as this: shards cost the same when idle'
    : 'since the load is too small to fill the shards it needs';
}

try {
  console.log(plan(process.argv.slice(2)));
} catch (error) {
  const isArgument =
    error instanceof ArgumentError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
  if (!isArgument) throw error;
  console.error(`${(error as Error).message}\nSee npm run plan -- --help`);
  process.exitCode = 2;
}
