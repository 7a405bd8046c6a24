/** `npm start`: the whole pipeline on this machine, with one's own records or generated ones. */
import { settleMemory } from './run/settled-memory.ts';

settleMemory();
// Loaded by the process that stays.
const { start } = await import('./run/command.ts');
process.exit(await start(process.argv.slice(2)));
