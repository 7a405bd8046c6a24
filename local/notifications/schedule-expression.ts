/** Schedule expressions: rate(5 minutes), cron(0 12 * * ? *), at(2026-11-08T12:00:00). */
import { parseCron, ScheduleError, type Wall } from './cron.ts';

/** When something is due next after a time; both epoch milliseconds. Undefined: never again. */
export type Schedule = (after: number) => number | undefined;

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `start` is what rates are counted from. Throws `ScheduleError`. */
export function parseSchedule(expression: string, start: number, timeZone = 'UTC'): Schedule {
  const match = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim());
  if (match === null) throw new ScheduleError(`"${expression}" is not rate(…), cron(…) or at(…)`);
  const [, kind, inside = ''] = match;
  if (kind === 'rate') return rate(inside, start);
  const toUtc = zoneOf(timeZone);
  if (kind === 'at') return at(inside, toUtc);
  const cron = parseCron(inside);
  return (after) => {
    for (let wall = cron.next(toUtc.wallOf(after)); wall !== undefined; wall = cron.next(wall)) {
      const time = toUtc.instantOf(wall);
      // An hour that the clocks skip has no instant of its own.
      if (time > after) return time;
    }
    return undefined;
  };
}

function rate(inside: string, start: number): Schedule {
  const match = /^(\d+)\s+(minute|hour|day)s?$/.exec(inside.trim());
  const every = Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ''] ?? 0);
  if (match === null || every <= 0)
    throw new ScheduleError(`rate(${inside}) is not a number of minutes, hours or days`);
  return (after) => start + (Math.floor((after - start) / every) + 1) * every;
}

function at(inside: string, zone: Zone): Schedule {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(inside.trim());
  if (match === null) throw new ScheduleError(`at(${inside}) is not yyyy-mm-ddThh:mm:ss`);
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const time = zone.instantOf({ year, month, day, hour, minute }) + second * 1000;
  return (after) => (time > after ? time : undefined);
}

interface Zone {
  wallOf(time: number): Wall;
  instantOf(wall: Wall): number;
}

function zoneOf(timeZone: string): Zone {
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { ...numeric, timeZone, hourCycle: 'h23' });
  } catch {
    throw new ScheduleError(`There is no time zone ${timeZone}`);
  }
  const wallOf = (time: number): Wall => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value);
    return parts as unknown as Wall;
  };
  const asUtc = ({ year, month, day, hour, minute }: Wall): number => Date.UTC(year, month - 1, day, hour, minute);
  return {
    wallOf,
    instantOf(wall) {
      const wanted = asUtc(wall);
      // Twice: the offset may differ between the guess and the instant.
      let time = wanted - (asUtc(wallOf(wanted)) - wanted);
      time = wanted - (asUtc(wallOf(time)) - time);
      return time;
    },
  };
}
