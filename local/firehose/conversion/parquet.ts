/** Rows as a Parquet file, written in row groups so that memory stays bounded. */
import { gzipSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { HiveField, HiveType } from '../../glue/hive-type.ts';
import type { ConversionSettings } from '../settings.ts';
import type { Row } from './rows.ts';

export interface ParquetFile {
  /** Adds a row that came from `bytes` of JSON. */
  add(row: Row, bytes: number): void;
  /** Whether a row group was written by the last row: a good moment to let others work. */
  readonly groups: number;
  readonly rows: number;
  finish(): Buffer;
}

/** Rows of a group are held as objects until it is written. */
const GROUP_ROWS = 10_000;
const GROUP_BYTES = 4 * 1024 * 1024;

export function parquetFile(columns: readonly HiveField[], codec: ConversionSettings['compression']): ParquetFile {
  const writer = new ByteWriter();
  const schema = parquetSchema(columns);
  const compressors = { GZIP: (input: Uint8Array) => gzipSync(input) };
  const parquet = new ParquetWriter({ writer, schema, codec, compressors, createdBy: 'sluice local firehose' });
  let group: unknown[][] = columns.map(() => []);
  let groupBytes = 0;
  let groups = 0;
  let rows = 0;

  function writeGroup(): void {
    const size = group[0]?.length ?? 0;
    if (size === 0) return;
    const columnData = columns.map((column, index) => ({ name: column.name, data: group[index] as unknown[] }));
    parquet.write({ columnData, rowGroupSize: size });
    group = columns.map(() => []);
    groupBytes = 0;
    groups++;
  }

  return {
    add(row, bytes) {
      for (let index = 0; index < columns.length; index++) (group[index] as unknown[]).push(row[index]);
      rows++;
      groupBytes += bytes;
      if (groupBytes >= GROUP_BYTES || (group[0]?.length ?? 0) >= GROUP_ROWS) writeGroup();
    },
    get groups() {
      return groups;
    },
    get rows() {
      return rows;
    },
    finish() {
      writeGroup();
      parquet.finish();
      return Buffer.from(writer.getBuffer());
    },
  };
}

/** The file's schema: every column optional, nested ones in the three levels that Hive and Athena read. */
function parquetSchema(columns: readonly HiveField[]): SchemaElement[] {
  return [{ name: 'hive_schema', num_children: columns.length }, ...columns.flatMap((column) => elements(column))];
}

function elements({ name, type }: HiveField): SchemaElement[] {
  const head = { name, repetition_type: 'OPTIONAL' } as const;
  switch (type.kind) {
    case 'array':
      return [
        { ...head, converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        ...elements({ name: 'element', type: type.of }),
      ];
    case 'map': {
      const [key, ...inner] = elements({ name: 'key', type: type.key });
      return [
        { ...head, converted_type: 'MAP', num_children: 1 },
        { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
        { ...(key as SchemaElement), repetition_type: 'REQUIRED' },
        ...inner,
        ...elements({ name: 'value', type: type.value }),
      ];
    }
    case 'struct':
      return [{ ...head, num_children: type.fields.length }, ...type.fields.flatMap((field) => elements(field))];
    default:
      return [{ ...head, ...primitive(type) }];
  }
}

type Primitive = Exclude<HiveType, { kind: 'array' | 'map' | 'struct' }>;

function primitive(type: Primitive): Pick<SchemaElement, 'type'> & Partial<SchemaElement> {
  switch (type.kind) {
    case 'boolean':
      return { type: 'BOOLEAN' };
    case 'integer':
      return { type: type.bits === 64 ? 'INT64' : 'INT32' };
    case 'float':
      return { type: 'FLOAT' };
    case 'double':
      return { type: 'DOUBLE' };
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
    case 'binary':
      return { type: 'BYTE_ARRAY' };
    case 'date':
      return { type: 'INT32', converted_type: 'DATE' };
    case 'timestamp':
      return { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' };
    case 'decimal': {
      const { precision, scale } = type;
      return {
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: decimalBytes(precision),
        converted_type: 'DECIMAL',
        precision,
        scale,
      };
    }
  }
}

/** Bytes that hold any signed number of so many digits. */
function decimalBytes(precision: number): number {
  let bytes = 1;
  while (10n ** BigInt(precision) > 2n ** BigInt(bytes * 8 - 1)) bytes++;
  return bytes;
}
