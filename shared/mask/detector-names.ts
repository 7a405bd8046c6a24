import type { Group } from './detector.ts';
import { DETECTORS } from './detectors/index.ts';

/**
 * Every detector's group, by its name. In bundles the list itself stands in this module's place (packaging/evaluated.ts):
 * the detectors are loaded by those who use them.
 */
export const DETECTOR_GROUPS: Readonly<Record<string, Group>> = Object.fromEntries(
  DETECTORS.map(({ name, group }) => [name, group]),
);
