/**
 * Columns out of JSON documents as the OpenX SerDe reads them: keys in any case, text from any value, timestamps from
 * ISO-8601 and epoch numbers. DuckDB's own reader knows keys only as they are spelled, so they are looked up first.
 */
import type { HiveField, HiveType } from '../glue/hive-type.ts';
import { duckType, identifier, literal } from './duck-type.ts';

/** What keys the documents have, as `json_group_structure` tells: an object of keys, a list of one, or a type's name. */
export type Structure = string | readonly Structure[] | { readonly [key: string]: Structure };

/** SQL for a column of the document in `json`. */
export function jsonColumn(json: string, field: HiveField, structure: Structure): string {
  const found = members(structure, field.name);
  if (found.length === 0) return `CAST(NULL AS ${duckType(field.type)})`;
  const values = found.map(({ key, inner }) => valueSql(`(${json} -> ${pointer(key)})`, field.type, inner));
  return values.length === 1 ? (values[0] as string) : `coalesce(${values.join(', ')})`;
}

/** Keys that match a name but for case, the exact one first. */
function members(structure: Structure, name: string): { key: string; inner: Structure }[] {
  if (typeof structure !== 'object' || Array.isArray(structure)) return [];
  return Object.entries(structure as { readonly [key: string]: Structure })
    .filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .sort(([key]) => (key === name ? -1 : 1))
    .map(([key, inner]) => ({ key, inner }));
}

/** A JSON pointer to a member. */
function pointer(key: string): string {
  return literal(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

/** SQL for a value of a type out of the JSON that the expression gives; NULL where that is null. */
function valueSql(json: string, type: HiveType, structure: Structure): string {
  const text = `(${json} ->> '$')`;
  switch (type.kind) {
    case 'string':
      return text;
    case 'binary':
      return `encode(${text})`;
    case 'timestamp':
      return timestamp(text);
    case 'array': {
      const inner = Array.isArray(structure) ? (structure[0] as Structure) : 'JSON';
      return `list_transform(CAST(${json} AS JSON[]), lambda item: ${valueSql('item', type.of, inner)})`;
    }
    case 'struct': {
      const fields = type.fields.map((field) => `${identifier(field.name)} := ${jsonColumn(json, field, structure)}`);
      return `CASE WHEN json_type(${json}) = 'OBJECT' THEN struct_pack(${fields.join(', ')}) END`;
    }
    case 'map':
      return `CAST(${json} AS ${duckType(type)})`;
    default:
      return `CAST(${text} AS ${duckType(type)})`;
  }
}

/** Epoch numbers count seconds below 10^12, milliseconds from there on. */
function timestamp(text: string): string {
  const number = `CAST(${text} AS DOUBLE)`;
  const micros = `CAST(${number} * CASE WHEN abs(${number}) < 1e12 THEN 1e6 ELSE 1e3 END AS BIGINT)`;
  return `CASE WHEN regexp_full_match(${text}, '-?[0-9]+([.][0-9]+)?') THEN make_timestamp(${micros}) ELSE CAST(${text} AS TIMESTAMP) END`;
}
