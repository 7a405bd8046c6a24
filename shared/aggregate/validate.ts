import { LIMITS } from '../platform/limits.ts';
import type { AggregateDefinition } from './definition.ts';
import { durationMs } from './duration.ts';

/** What an item holds beside its measures, in bytes: keys, the group's values, attribute names. */
const ITEM_REST = 8 * 1024;
const MOST_GROUPS = 10_000;
const MOST_GROUP_PATHS = 5;

/** Every mistake that types can't tell, in words that say what to change. */
export function aggregateFaults(definitions: readonly AggregateDefinition[]): readonly string[] {
  const faults = definitions.flatMap((definition) =>
    faultsOf(definition).map((fault) => `aggregate ${definition.name}: ${fault}`),
  );
  const names = definitions.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...faults, ...twice.map((name) => `aggregate ${name}: there are two of that name`)];
}

function faultsOf({ name, size, time, keep = '30d', groupBy = [], maxGroups = 1, measures }: AggregateDefinition) {
  const faults: string[] = [];
  const check = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  check(/^[a-z][a-z0-9-]{0,62}$/.test(name), 'name: lower case letters, digits and hyphens, a letter first');
  const isDuration = (text: string): boolean => durationMs(text) !== undefined;
  check(isDuration(size), 'size: a number with its unit, such as 5m');
  check((durationMs(size) ?? 0) <= 86_400_000, 'size: a day at most');
  check(isDuration(keep), 'keep: a number with its unit, such as 30d');
  check(
    time?.kind !== 'event' || isDuration(time.allowedLateness),
    'allowedLateness: a number with its unit, such as 10m',
  );
  check(Number.isInteger(maxGroups) && maxGroups >= 1 && maxGroups <= MOST_GROUPS, `maxGroups: 1 to ${MOST_GROUPS}`);
  check(groupBy.length <= MOST_GROUP_PATHS, `groupBy: ${MOST_GROUP_PATHS} paths at most`);
  const all = Object.entries(measures);
  check(all.length > 0, 'measures: at least one');
  for (const [key] of all)
    check(/^[a-zA-Z][\w-]{0,62}$/.test(key), `measure ${JSON.stringify(key)}: letters, digits and hyphens`);
  const bytes = all.reduce((total, [key, { most }]) => total + key.length + most, ITEM_REST);
  check(bytes <= LIMITS.dynamoDb.item, `measures: ${bytes} bytes of state can't be stored as one item`);
  return faults;
}
