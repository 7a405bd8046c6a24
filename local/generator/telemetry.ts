/** Readings of devices, as the pipeline `telemetry` reads them: JSON. */
import { malformedOneIn } from './kind.ts';
import { randomOf } from './random.ts';
import type { Generator } from './records.ts';

const START = Date.UTC(2026, 10, 16);
const DEVICES = 200;
/** Each device reports in turn, a second apart: device and time together tell the reading's index. */
const STEP_MS = 1_000;
const METRICS = [
  { metric: 'temperature', unit: 'C' },
  { metric: 'humidity', unit: '%' },
  { metric: 'pressure', unit: 'hPa' },
];

export const telemetry: Generator = {
  isDropped: () => false,
  record(index, total, seed) {
    const random = randomOf(seed, index);
    const device = index % DEVICES;
    const deviceId = `dev-${String(device).padStart(4, '0')}`;
    const reading = {
      deviceId,
      timestamp: new Date(START + Math.floor(index / DEVICES) * STEP_MS).toISOString(),
      ...random.pick(METRICS),
      value: (random.whole(12_000) - 2_000) / 100,
      site: `site-${device % 7}`,
      firmware: `2.${device % 4}.0`,
      battery: random.whole(101),
    };
    const text = JSON.stringify(reading);
    return {
      data: Buffer.from(random.oneIn(malformedOneIn(total)) ? text.slice(0, -20) : text),
      partitionKey: deviceId,
    };
  },
};
