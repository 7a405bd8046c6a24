import type { ZonedTime } from './java-time.ts';

const formatters = new Map<string, Intl.DateTimeFormat>();

/**
 * Whether a destination may use this zone: UTC, or an area and a city.
 * https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
 */
export function isTimeZone(zone: string): boolean {
  if (zone === 'UTC') return true;
  if (!/^[A-Z][A-Za-z]+\/[A-Z][A-Za-z_/-]+$/.test(zone) || zone.startsWith('Etc/')) return false;
  try {
    formatter(zone);
    return true;
  } catch {
    return false;
  }
}

/** An instant (epoch milliseconds) as clocks in the zone show it. */
export function inZone(epochMs: number, zone: string): ZonedTime {
  if (zone === 'UTC') return { epochMs, local: new Date(epochMs), offsetMinutes: 0 };
  const parts: Record<string, number> = {};
  for (const part of formatter(zone).formatToParts(epochMs)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const seconds = Date.UTC(year, month - 1, day, hour, minute, second);
  const local = new Date(seconds + (((epochMs % 1000) + 1000) % 1000));
  return { epochMs, local, offsetMinutes: Math.round((local.getTime() - epochMs) / 60_000) };
}

function formatter(zone: string): Intl.DateTimeFormat {
  let made = formatters.get(zone);
  if (made === undefined) {
    const digits = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' } as const;
    made = new Intl.DateTimeFormat('en-US', {
      ...digits,
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
      timeZone: zone,
    });
    formatters.set(zone, made);
  }
  return made;
}
