/** Loaded by the pipelines that look for personal data; the build puts it in a file of its own beside the bundle. */
export { DETECTORS } from '../detectors/index.ts';
