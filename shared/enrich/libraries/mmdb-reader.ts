/** Loaded by the pipelines that look addresses up; the build puts it in a file of its own beside the bundle. */
export { Reader, type Response } from 'mmdb-lib';
