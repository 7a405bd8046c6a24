import type { Document } from '../record/document.ts';
import type { IcebergTarget } from '../record/outcome.ts';
import type { StepCompiler } from '../record/step.ts';
import type { DocumentValue } from './value.ts';

/** Where an Iceberg destination writes a record: fixed names, or values of the document (`field('eventType')`). */
export interface IcebergDefinition {
  readonly database: string | DocumentValue;
  readonly table: string | DocumentValue;
  /** `insert` without it. */
  readonly operation?: IcebergTarget['operation'] | DocumentValue;
}

/** Undefined where the document names no table, or an operation that Firehose does not know. */
export type IcebergRouter = (document: Document) => IcebergTarget | undefined;

export function compileIceberg(definition: IcebergDefinition, compiler: StepCompiler): IcebergRouter {
  const database = compileName(definition.database, compiler);
  const table = compileName(definition.table, compiler);
  const operation = compileName(definition.operation ?? 'insert', compiler);
  return (document) => {
    const destinationDatabaseName = database(document);
    const destinationTableName = table(document);
    const operationName = operation(document);
    if (!destinationDatabaseName || !destinationTableName || !isOperation(operationName)) return undefined;
    return { destinationDatabaseName, destinationTableName, operation: operationName };
  };
}

function compileName(
  value: string | DocumentValue,
  compiler: StepCompiler,
): (document: Document) => string | undefined {
  return typeof value === 'string' ? () => value : value.compile(compiler);
}

function isOperation(name: string | undefined): name is IcebergTarget['operation'] {
  return name === 'insert' || name === 'update' || name === 'delete';
}

export function sameTarget(one: IcebergTarget, other: IcebergTarget): boolean {
  return (
    one.destinationDatabaseName === other.destinationDatabaseName &&
    one.destinationTableName === other.destinationTableName &&
    one.operation === other.operation
  );
}
