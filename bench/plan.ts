import { type ParseArgsConfig, parseArgs } from 'node:util';
import { capacityFor, type LambdaWork, type Load, monthlyCost, putCost } from './capacity.ts';
import { MEASURED } from './lambda-cost.ts';
import { PRICED_ON, PRICES, type Prices } from './prices.ts';

/** Of the functions that a record passes on its way to the lake. */
const FUNCTIONS = [MEASURED.streamConsumer, MEASURED.firehoseTransform];
const PER_RECORD = FUNCTIONS.reduce((sum, one) => sum + one, 0);

/** `npm run plan`: shards, capacities and monthly costs for a load. */
const HELP = `Plans the capacity and the monthly cost of a stream.

  npm run plan -- --record-kb 1024 --records-per-second 2 --consumers 1

  --record-kb N              size of a record, KB (default 1)
  --records-per-second N     records that come in (default 1000), or
  --records-per-hour N
  --consumers N              readers that share the stream (default 1)
  --records-per-object N     records that Firehose buffers into one S3 object (default 1000)
  --microseconds N           Lambda's time for a record of ${MEASURED.bytes} bytes in all functions (default ${PER_RECORD}, of ${MEASURED.on};
                             measure it with npm run bench:cost)
  --memory-mb N              memory of the functions (default 1024)
  --price NAME=DOLLARS       another price, in US dollars; can be repeated:
                             ${Object.keys(PRICES).slice(0, 5).join(', ')},
                             ${Object.keys(PRICES).slice(5).join(', ')}
  --json                     figures as JSON
`;

const OPTIONS = {
  'record-kb': { type: 'string', default: '1' },
  'records-per-second': { type: 'string' },
  'records-per-hour': { type: 'string' },
  consumers: { type: 'string', default: '1' },
  'records-per-object': { type: 'string', default: '1000' },
  microseconds: { type: 'string', default: String(PER_RECORD) },
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

function whole(name: string, text: string): number {
  const value = positive(name, text);
  if (!Number.isSafeInteger(value)) throw new ArgumentError(`--${name} must be a whole number, not ${text}.`);
  return value;
}

function pricesWith(overrides: readonly string[]): Prices {
  const prices = { ...PRICES };
  for (const override of overrides) {
    const [name = '', dollars] = override.split('=');
    if (!Object.hasOwn(prices, name))
      throw new ArgumentError(`There is no price ${name}; known: ${Object.keys(prices).join(', ')}.`);
    if (dollars === undefined) throw new ArgumentError(`--price ${name}: a price is NAME=DOLLARS, as ${name}=0.01.`);
    const value = dollars.trim() === '' ? Number.NaN : Number(dollars);
    if (!(value >= 0) || !Number.isFinite(value))
      throw new ArgumentError(`--price ${name} must be a number from 0, not ${dollars}.`);
    prices[name as keyof Prices] = value;
  }
  return prices;
}

function recordsPerSecond(second: string | undefined, hour: string | undefined): number {
  if (second !== undefined && hour !== undefined)
    throw new ArgumentError('Give --records-per-second or --records-per-hour, not both.');
  return hour === undefined
    ? positive('records-per-second', second ?? '1000')
    : positive('records-per-hour', hour) / 3600;
}

function dollars(value: number): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function plan(args: readonly string[]): string {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return HELP;
  const load: Load = {
    recordKb: positive('record-kb', values['record-kb']),
    recordsPerSecond: recordsPerSecond(values['records-per-second'], values['records-per-hour']),
    consumers: whole('consumers', values.consumers),
  };
  const perObject = whole('records-per-object', values['records-per-object']);
  const work: LambdaWork = {
    microseconds: FUNCTIONS.map((one) => (one / PER_RECORD) * positive('microseconds', values.microseconds)),
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

type Cost = ReturnType<typeof monthlyCost>;
type Capacity = ReturnType<typeof capacityFor>;

function report(
  load: Load,
  capacity: Capacity,
  cost: Cost,
  puts: ReturnType<typeof putCost>,
  perObject: number,
): string {
  const ways = waysOf(cost);
  return [
    `${grouped(load.recordsPerSecond)} records/s of ${grouped(load.recordKb)} KB, ${load.consumers} consumer${load.consumers === 1 ? '' : 's'}`,
    ...warnings(load),
    '',
    `incoming        ${grouped(capacity.incomingKb)} KB/s`,
    `outgoing        ${grouped(capacity.outgoingKb)} KB/s`,
    `shards          ${capacity.shards} (asked for by ${capacity.bound})`,
    `they take       ${capacity.writeMb} MB/s in, ${capacity.readMb} MB/s out`,
    '',
    `a month, us-east-1, prices of ${PRICED_ON}`,
    `stream, provisioned           ${dollars(cost.provisioned).padStart(14)}`,
    `stream, on-demand             ${dollars(cost.onDemand).padStart(14)}`,
    `Firehose                      ${dollars(cost.firehose).padStart(14)}   each record rounded up to 5 KB`,
    `Lambda                        ${dollars(cost.lambda).padStart(14)}   by the bench of ${MEASURED.on}`,
    ...ways.map(({ name, total }) => `${name.padEnd(30)}${dollars(total).padStart(14)}   in all`),
    '',
    `S3 PUTs, an object a record   ${dollars(puts.single).padStart(14)}`,
    `in objects of ${grouped(perObject).padEnd(16)}${dollars(puts.buffered).padStart(14)}   saves ${dollars(puts.single - puts.buffered)}`,
    '',
    ...verdict(cost, capacity),
  ].join('\n');
}

const grouped = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 });

function waysOf({ provisioned, onDemand, firehoseOnly, firehose, lambda }: Cost) {
  return [
    { name: 'provisioned stream + Firehose', total: provisioned + firehose + lambda },
    { name: 'on-demand stream + Firehose', total: onDemand + firehose + lambda },
    { name: 'Firehose only', total: firehoseOnly + lambda },
  ];
}

/** https://docs.aws.amazon.com/firehose/latest/dev/limits.html, https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const LARGEST_KB = { firehose: 1000, kinesis: 10 * 1024 };

function warnings({ recordKb }: Load): readonly string[] {
  const size = grouped(recordKb);
  if (recordKb > LARGEST_KB.kinesis)
    return [`${size} KB is more than the ${grouped(LARGEST_KB.kinesis)} KB that a stream takes.`];
  if (recordKb <= LARGEST_KB.firehose) return [];
  return [
    `${size} KB is more than the ${grouped(LARGEST_KB.firehose)} KB that Firehose takes: the consumer puts such a record into S3, and delivers`,
    'where it lies.',
  ];
}

/** Which way is cheapest, and why. */
function verdict(cost: Cost, { shards }: Capacity): readonly string[] {
  const [cheapest] = waysOf(cost).sort((one, other) => one.total - other.total);
  const [fewer, more] = [Math.min(cost.provisioned, cost.onDemand), Math.max(cost.provisioned, cost.onDemand)];
  const shardCost = `${shards} shard${shards === 1 ? '' : 's'} cost${shards === 1 ? 's' : ''} ${dollars(cost.provisioned)}`;
  const byTheGb = `by the GB the same records cost ${dollars(cost.onDemand)}`;
  const [choice, reason, note] =
    cost.provisioned <= cost.onDemand
      ? ['provisioned', `${shardCost}, and ${byTheGb}.`, 'That holds for a steady load: idle shards cost the same.']
      : ['on-demand', `${byTheGb}, and ${shardCost}.`, 'There are too few records to fill the shards.'];
  return [
    `Cheapest: ${cheapest?.name}, ${dollars(cheapest?.total ?? 0)} a month, since there is no stream to pay for: no replay from one`,
    'either, no second reader, no order within a key, no windows.',
    `With a stream: ${choice}, since ${reason}`,
    `${note} It saves ${dollars(more - fewer)} a month.`,
  ];
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
