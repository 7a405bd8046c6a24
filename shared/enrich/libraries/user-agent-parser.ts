/** Loaded by the pipelines that read user agents; the build puts it in a file of its own beside the bundle. */
export { default as UserAgentParser } from 'ua-parser-js';
