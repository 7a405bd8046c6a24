import type { GlueTable } from '../account/contracts.ts';
import { HiveTypeError } from '../glue/hive-type.ts';
import type { BufferedRecord, RecordBuffer } from './buffer.ts';
import { COMPRESSIONS } from './compression.ts';
import { parquetFile } from './conversion/parquet.ts';
import { type ConversionFailure, type RowReader, rowReader } from './conversion/rows.ts';
import type { CompressionFormat, ConversionSettings } from './settings.ts';

export interface ObjectBody {
  readonly body: Buffer;
  readonly encoding: string | undefined;
  /** Lines, or rows. */
  readonly documents: number | undefined;
  readonly records: number;
}

/** The records' bytes, one after the other, compressed. */
export async function concatenated(buffer: RecordBuffer, format: CompressionFormat): Promise<ObjectBody> {
  const { compress, encoding } = COMPRESSIONS[format];
  const body = await compress({ bytes: buffer.bytes(), parts: () => blocksOf(buffer) });
  return { body, encoding, documents: undefined, records: buffer.records() };
}

/** A block at a time: record by record would be a step of the stream for each. */
async function* blocksOf(buffer: RecordBuffer): AsyncGenerator<Buffer> {
  for await (const block of buffer.read()) yield Buffer.concat(block.map((record) => record.data));
}

export type OnConversionFailure = (record: BufferedRecord, failure: ConversionFailure) => void;

/** The records as rows of one Parquet file; undefined when none of them could be converted. */
export async function converted(
  buffer: RecordBuffer,
  settings: ConversionSettings,
  table: GlueTable | undefined,
  onFailure: OnConversionFailure,
): Promise<ObjectBody | undefined> {
  const reader = readerFor(settings, table);
  const file = 'code' in reader ? undefined : parquetFile(reader.columns, settings.compression);
  let records = 0;
  for await (const block of buffer.read()) {
    for (const record of block) {
      const rows = 'code' in reader ? reader : reader.read(record.data);
      if ('code' in rows) onFailure(record, rows);
      else {
        for (const row of rows) file?.add(row, record.data.length / rows.length);
        records++;
      }
    }
    // Conversion is all computing: others have their turn between blocks.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (file === undefined || file.rows === 0) return undefined;
  return { body: file.finish(), encoding: undefined, documents: file.rows, records };
}

/** Without a table that can be used, every record fails for it. */
function readerFor(settings: ConversionSettings, table: GlueTable | undefined): RowReader | ConversionFailure {
  if (table === undefined) {
    return {
      code: 'DataFormatConversion.EntityNotFound',
      message: 'The specified table/database could not be found. Please ensure that the table/database exists.',
    };
  }
  try {
    return rowReader(table, settings.input);
  } catch (cause) {
    if (!(cause instanceof HiveTypeError)) throw cause;
    const message = `The table has a column that cannot be converted: ${cause.message}.`;
    return { code: 'DataFormatConversion.InvalidSchema', message };
  }
}
