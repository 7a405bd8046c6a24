import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is made of this repository's sources and can be made again. */
export const CACHE = fileURLToPath(new URL('../../node_modules/.cache/sluice', import.meta.url));

/** Where V8 keeps what it made of modules: compiling them anew is most of what a short command takes. */
export const COMPILED_CODE = join(CACHE, 'v8');
