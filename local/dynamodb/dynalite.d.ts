/** The parts of dynalite that run below its HTTP server, which would end the process on what it doesn't expect. */
declare module 'dynalite/db/index.js' {
  export interface Store {
    readonly tableDb: { awsAccountId: string; awsRegion: string };
    readonly db: Level;
  }
  /** A `ClassicLevel` with dynalite's callbacks: https://github.com/Level/classic-level#api */
  export interface Level {
    readonly status: string;
    open(options: object): Promise<void>;
    getSync(key: string): unknown;
    get(key: string, done: (error: Error | null, value?: unknown) => void): void;
    put(key: string, value: unknown, done: (error: Error | null) => void): void;
    batch(operations: readonly object[], done: (error: Error | null) => void): void;
    keys(options: object): LevelIterator;
    values(options: object): LevelIterator;
  }
  interface LevelIterator {
    close(): Promise<void>;
    return?: () => Promise<void>;
  }
  interface Database {
    create(options: { createTableMs?: number; deleteTableMs?: number; updateTableMs?: number; path?: string }): Store;
    /** Null or undefined when the item meets the condition of validated data. */
    checkConditional(data: object, existing: object | undefined): Error | null | undefined;
    /** A table's key of an item, as text. */
    createKey(item: object, table: object): string;
  }
  const database: Database;
  export default database;
}

declare module 'dynalite/validations/index.js' {
  interface Validations {
    /** Throws an error with `statusCode` and `body`. */
    checkTypes(data: object, types: object): Record<string, unknown>;
    checkValidations(data: object, types: object, custom: unknown, store: object): void;
  }
  const validations: Validations;
  export default validations;
}
