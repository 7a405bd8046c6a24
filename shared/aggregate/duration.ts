/** A stretch of time as authors write it: `30s`, `5m`, `1h`, `7d`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds; undefined for anything but a whole number above 0 with its unit. */
export function durationMs(text: string): number | undefined {
  const match = /^([1-9]\d{0,6})([smhd])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * UNITS[match[2]!]!;
}
