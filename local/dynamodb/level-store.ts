/** dynalite's store on LevelDB, with what makes it fit a long run: its memory bounded, and few trips to other threads. */
import database, { type Level, type Store } from 'dynalite/db/index.js';

/**
 * LevelDB maps each file it has open into memory: a thousand of 2 MiB unless told, so that the process would grow with
 * its tables. These are the fewest it takes (64 and ten of its own), which bounds them to 64 MiB.
 */
const SETTINGS = { maxOpenFiles: 74, maxFileSize: 1024 * 1024, writeBufferSize: 2 * 1024 * 1024 };

const AT_ONCE = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };

/** `path`: the folder that items are kept in; in memory where there is none. */
export function createStore(path?: string): Store {
  const store = database.create({ ...AT_ONCE, ...(path !== undefined && { path }) });
  closeIterators(store.db);
  if (path === undefined) return store;
  // It opens by itself in a microtask, without settings, unless it is being opened by then.
  const opened = store.db.open(SETTINGS);
  // Told to each operation.
  opened.catch(() => undefined);
  readHere(store.db, opened);
  writeTogether(store.db);
  return store;
}

/**
 * dynalite ends a query by calling `return`, which iterators don't have. One that stays open keeps the entries it read
 * ahead, and every table file and every entry in memory that it could still come to.
 */
function closeIterators(db: Level): void {
  for (const kind of ['keys', 'values'] as const) {
    const iterate = db[kind].bind(db);
    db[kind] = (options) => {
      const iterator = iterate(options);
      iterator.return = () => iterator.close();
      return iterator;
    };
  }
}

/** A read takes some microseconds: less than to hand it to a thread and to be woken by it. */
function readHere(db: Level, opened: Promise<void>): void {
  const read = (key: string, done: (error: Error | null, value?: unknown) => void): void => {
    let value: unknown;
    try {
      value = db.getSync(key);
    } catch (error) {
      done(error as Error);
      return;
    }
    done(null, value);
  };
  db.get = (key, done) => {
    if (db.status === 'opening') opened.then(() => setImmediate(read, key, done), done);
    else setImmediate(read, key, done);
  };
}

interface Put {
  readonly type: 'put';
  readonly key: string;
  readonly value: unknown;
  readonly done: (error: Error | null) => void;
}

/** What is put in one turn of the event loop is written as one batch. */
function writeTogether(db: Level): void {
  let waiting: Put[] = [];
  const write = (): void => {
    const puts = waiting;
    waiting = [];
    db.batch(puts, (error) => {
      for (const { done } of puts) done(error);
    });
  };
  db.put = (key, value, done) => {
    if (waiting.length === 0) setImmediate(write);
    waiting.push({ type: 'put', key, value, done });
  };
}
