/**
 * The tables of a run, kept beside its objects: what the lake holds is read by the template that it was written by,
 * also when another pipeline has been compiled since.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GlueColumn, TemplateResource } from '../account/contracts.ts';

/** How a table's objects are written: the SerDe's business. */
type TableFormat = 'parquet' | 'json' | 'text';

export interface LakeTable {
  readonly database: string;
  readonly name: string;
  readonly format: TableFormat;
  /** Of `text`: what stands between fields. */
  readonly delimiter: string;
  readonly bucket: string;
  /** Of the objects' keys, ending with a slash. */
  readonly prefix: string;
  readonly columns: readonly GlueColumn[];
  readonly partitionKeys: readonly GlueColumn[];
}

/** There is nothing to query; the message says what to do. */
export class NoRunError extends Error {}

const FILE = 'tables.json';
/** Hive's own: start of heading. */
const DEFAULT_DELIMITER = '\u0001';

interface TableInput {
  readonly Name?: string;
  readonly PartitionKeys?: readonly GlueMember[];
  readonly StorageDescriptor?: {
    readonly Location?: string;
    readonly Columns?: readonly GlueMember[];
    readonly SerdeInfo?: {
      readonly SerializationLibrary?: string;
      readonly Parameters?: Readonly<Record<string, unknown>>;
    };
  };
}

interface GlueMember {
  readonly Name: string;
  readonly Type?: string;
}

/** The Glue tables among a template's resources. */
export function lakeTables(resources: readonly TemplateResource[]): LakeTable[] {
  return resources.flatMap(({ type, properties }) => {
    if (type !== 'AWS::Glue::Table') return [];
    const input = (properties.TableInput ?? {}) as TableInput;
    const location = /^s3[an]?:\/\/([^/]+)\/(.*?)\/?$/.exec(input.StorageDescriptor?.Location ?? '');
    if (input.Name === undefined || location === null) return [];
    const serde = input.StorageDescriptor?.SerdeInfo;
    return {
      database: String(properties.DatabaseName),
      name: input.Name,
      format: formatOf(serde?.SerializationLibrary ?? ''),
      delimiter: String(serde?.Parameters?.['field.delim'] ?? DEFAULT_DELIMITER),
      bucket: location[1] as string,
      prefix: location[2] === '' ? '' : `${location[2]}/`,
      columns: columnsOf(input.StorageDescriptor?.Columns),
      partitionKeys: columnsOf(input.PartitionKeys),
    };
  });
}

function formatOf(library: string): TableFormat {
  if (/parquet/i.test(library)) return 'parquet';
  return /json/i.test(library) ? 'json' : 'text';
}

function columnsOf(members: readonly GlueMember[] = []): GlueColumn[] {
  return members.map(({ Name: name, Type: type = 'string' }) => ({ name, type }));
}

/** Keeps the tables of a run's template in its data folder. */
export function keepTables(dataDir: string, resources: readonly TemplateResource[]): void {
  writeFileSync(join(dataDir, FILE), `${JSON.stringify(lakeTables(resources), null, 2)}\n`);
}

/** The tables of the run that wrote the folder. Throws NoRunError. */
export function readTables(dataDir: string): LakeTable[] {
  let text: string;
  try {
    text = readFileSync(join(dataDir, FILE), 'utf8');
  } catch {
    throw new NoRunError(
      `There is no run in ${dataDir} to query: run \`npm start\` first, or name a run's folder by --data.`,
    );
  }
  try {
    return JSON.parse(text) as LakeTable[];
  } catch {
    throw new NoRunError(`${join(dataDir, FILE)} can't be read: run \`npm start\` again.`);
  }
}
