import type { HiveType } from '../glue/hive-type.ts';

/** DuckDB's name for a type of Hive. */
export function duckType(type: HiveType): string {
  switch (type.kind) {
    case 'integer':
      return { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bits];
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'string':
      return 'VARCHAR';
    case 'binary':
      return 'BLOB';
    case 'array':
      return `${duckType(type.of)}[]`;
    case 'map':
      return `MAP(${duckType(type.key)}, ${duckType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `${identifier(field.name)} ${duckType(field.type)}`).join(', ')})`;
    default:
      return type.kind.toUpperCase();
  }
}

/** A name as SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Text as SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
