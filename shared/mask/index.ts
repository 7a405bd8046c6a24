import { maskDetected } from './detected.ts';
import { everything, maskPath } from './mask.ts';
import { bucket } from './methods/bucket.ts';
import { encrypt } from './methods/encrypt.ts';
import { formatPreserving } from './methods/format-preserving.ts';
import { keepDomain } from './methods/keep-domain.ts';
import { keepFirst } from './methods/keep-first.ts';
import { keepLast } from './methods/keep-last.ts';
import { monthOnly } from './methods/month-only.ts';
import { pseudonym } from './methods/pseudonym.ts';
import { redact } from './methods/redact.ts';
import { remove } from './methods/remove.ts';
import { roundCoordinates } from './methods/round-coordinates.ts';
import { shiftDate } from './methods/shift-date.ts';
import { truncateIp } from './methods/truncate-ip.ts';
import { yearOnly } from './methods/year-only.ts';
import { preset } from './preset.ts';

export type { DetectionOptions, DetectorNames } from './detected.ts';
export { kmsKey } from './methods/data-key.ts';
export { PRESETS } from './presets/index.ts';
export { createRevealer } from './reveal/reveal.ts';
export { secret } from './secret.ts';
export {
  bucket,
  encrypt,
  formatPreserving,
  keepDomain,
  keepFirst,
  keepLast,
  maskDetected,
  monthOnly,
  preset,
  pseudonym,
  redact,
  remove,
  roundCoordinates,
  shiftDate,
  truncateIp,
  yearOnly,
};

/** `mask(path, method)`, and `mask.everything(path)`. */
export const mask = Object.assign(maskPath, { everything });

/** Every step that masks, for the reference pages and the conformance tests. */
export const masks = { mask, everything, maskDetected, preset } as const;

/** Every method, for the same. */
export const methods = {
  redact,
  remove,
  keepFirst,
  keepLast,
  keepDomain,
  pseudonym,
  encrypt,
  formatPreserving,
  truncateIp,
  roundCoordinates,
  yearOnly,
  monthOnly,
  bucket,
  shiftDate,
} as const;
