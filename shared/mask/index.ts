import { everything, maskPath } from './mask.ts';

export { type DetectionOptions, type DetectorNames, maskDetected } from './detected.ts';
export { DETECTORS } from './detectors/index.ts';
export { keepDomain } from './methods/keep-domain.ts';
export { keepFirst } from './methods/keep-first.ts';
export { keepLast } from './methods/keep-last.ts';
export { pseudonym } from './methods/pseudonym.ts';
export { redact } from './methods/redact.ts';
export { remove } from './methods/remove.ts';
export { type Secret, secret } from './secret.ts';

/** `mask(path, method)`, and `mask.everything(path)`. */
export const mask = Object.assign(maskPath, { everything });
