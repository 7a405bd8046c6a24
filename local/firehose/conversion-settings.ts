import type { Constraints, Members } from './constraints.ts';
import { invalidArgument, unsupported } from './errors.ts';
import { compileTimePattern } from './java-time.ts';
import type { ConversionSettings, HiveOptions, OpenXOptions } from './settings.ts';

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/**
 * Reads a DataFormatConversionConfiguration; undefined where it is off. An absent `Enabled` counts as on.
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_DataFormatConversionConfiguration.html
 */
export function readConversion(
  check: Constraints,
  of: Members,
  path: string,
  place: Place,
): ConversionSettings | undefined {
  const configuration = check.object(of, 'DataFormatConversionConfiguration', path);
  if (configuration === undefined || check.flag(configuration, 'Enabled') === false) return undefined;
  const part = (from: Members, name: string): Members => {
    const value = check.object(from, name, path);
    if (value === undefined) throw invalidArgument(`${name} must not be null`);
    return value;
  };
  const input = part(part(configuration, 'InputFormatConfiguration'), 'Deserializer');
  const output = part(part(configuration, 'OutputFormatConfiguration'), 'Serializer');
  const schema = part(configuration, 'SchemaConfiguration');
  for (const name of ['RoleARN', 'DatabaseName', 'TableName']) {
    if (typeof schema[name] !== 'string' || schema[name] === '')
      throw invalidArgument(`${name} must not be null or empty`);
  }
  return {
    input: deserializer(check, input, path),
    compression: parquetCompression(check, output, path),
    table: {
      catalogId: String(schema.CatalogId ?? place.accountId),
      databaseName: String(schema.DatabaseName),
      tableName: String(schema.TableName),
      region: String(schema.Region ?? place.region),
      versionId: String(schema.VersionId ?? 'LATEST'),
      roleArn: String(schema.RoleARN),
    },
  };
}

function deserializer(check: Constraints, of: Members, path: string): OpenXOptions | HiveOptions {
  const openX = check.object(of, 'OpenXJsonSerDe', path);
  const hive = check.object(of, 'HiveJsonSerDe', path);
  if (openX !== undefined && hive !== undefined) {
    throw invalidArgument('More than one deserializer specified. Only one may be chosen.');
  }
  if (hive !== undefined) return hiveOptions(hive);
  if (openX === undefined) throw invalidArgument('Deserializer must not be null');
  const keys = check.object(openX, 'ColumnToJsonKeyMappings', path) ?? {};
  return {
    serde: 'openx',
    caseInsensitive: check.flag(openX, 'CaseInsensitive') ?? true,
    dotsToUnderscores: check.flag(openX, 'ConvertDotsInJsonKeysToUnderscores') ?? false,
    columnKeys: Object.fromEntries(Object.entries(keys).map(([column, key]) => [column, String(key)])),
  };
}

function hiveOptions(of: Members): HiveOptions {
  const formats = Array.isArray(of.TimestampFormats) ? of.TimestampFormats.map(String) : [];
  for (const format of formats) {
    if (format === 'millis') continue;
    try {
      compileTimePattern(format);
    } catch {
      const option = `[Key: timestamp.formats Value: ${format}]`;
      throw invalidArgument(`One or more SerDe options are invalid for org.apache.hcatalog.data.JsonSerDe: ${option}`);
    }
  }
  return { serde: 'hive', timestampFormats: formats };
}

function parquetCompression(check: Constraints, of: Members, path: string): ConversionSettings['compression'] {
  const parquet = check.object(of, 'ParquetSerDe', path);
  const orc = check.object(of, 'OrcSerDe', path);
  if (parquet !== undefined && orc !== undefined) {
    throw invalidArgument('More than one serializer specified. Only one may be chosen.');
  }
  if (orc !== undefined) throw unsupported('ORC (OrcSerDe); use ParquetSerDe');
  if (parquet === undefined) throw invalidArgument('Serializer must not be null');
  const oneOf = ['UNCOMPRESSED', 'GZIP', 'SNAPPY'];
  return (check.text(parquet, 'Compression', path, { oneOf }) ?? 'SNAPPY') as ConversionSettings['compression'];
}
