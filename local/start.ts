/** `npm start`: the whole pipeline on this machine, with one's own records or generated ones. */
import { enableCompileCache } from 'node:module';
import { settleMemory } from './run/settled-memory.ts';
import { COMPILED_CODE } from './stack/compiled-code.ts';

settleMemory();
enableCompileCache(COMPILED_CODE);
// Loaded by the process that stays.
const { start } = await import('./run/command.ts');
process.exit(await start(process.argv.slice(2)));
