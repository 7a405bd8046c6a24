/** What a delivery stream was told to do: the API's configuration, read and checked once. */
import type { Prefix } from './prefix.ts';

export type CompressionFormat = 'UNCOMPRESSED' | 'GZIP' | 'ZIP' | 'Snappy' | 'HADOOP_SNAPPY';

/** One place in S3 that records are buffered for. */
export interface S3Settings {
  readonly bucket: string;
  /** As configured, without the hour that is appended to it. */
  readonly prefix: Prefix;
  readonly errorPrefix: Prefix;
  readonly bufferBytes: number;
  readonly bufferMs: number;
  readonly compression: CompressionFormat;
  /** Replaces the extension that compression or conversion gives. */
  readonly fileExtension: string | undefined;
  readonly timeZone: string;
}

/** The Lambda processor. */
export interface TransformSettings {
  readonly functionArn: string;
  readonly retries: number;
  readonly bufferBytes: number;
  readonly bufferMs: number;
}

export type Splitting = { readonly by: 'json' } | { readonly by: 'delimiter'; readonly delimiter: Buffer };

/** Processors, in the order in which Firehose runs them. */
export interface ProcessingSettings {
  /** CloudWatch Logs records are gunzipped. */
  readonly decompress: boolean;
  /** Of their log events only the messages are kept. */
  readonly extractMessages: boolean;
  readonly split: Splitting | undefined;
  readonly transform: TransformSettings | undefined;
  /** What is put after each delivered record. */
  readonly delimiter: Buffer | undefined;
}

/** The Glue table whose columns type converted records; its names appear in error documents. */
export interface CatalogTable {
  readonly catalogId: string;
  readonly databaseName: string;
  readonly tableName: string;
  readonly region: string;
  readonly versionId: string;
  readonly roleArn: string;
}

export interface OpenXOptions {
  readonly serde: 'openx';
  readonly caseInsensitive: boolean;
  /** `a.b` in a key is read as `a_b`. */
  readonly dotsToUnderscores: boolean;
  /** Column → JSON key. */
  readonly columnKeys: Readonly<Record<string, string>>;
}

export interface HiveOptions {
  readonly serde: 'hive';
  /** Java time patterns, or `millis`. */
  readonly timestampFormats: readonly string[];
}

export interface ConversionSettings {
  readonly table: CatalogTable;
  readonly input: OpenXOptions | HiveOptions;
  readonly compression: 'SNAPPY' | 'GZIP' | 'UNCOMPRESSED';
}

export interface HttpEndpointSettings {
  readonly url: string;
  readonly name: string;
  readonly accessKey: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly gzip: boolean;
  readonly bufferBytes: number;
  readonly bufferMs: number;
  readonly retryMs: number;
  readonly backup: 'FailedDataOnly' | 'AllData';
}

export interface DestinationSettings {
  /** The destination; with an HTTP endpoint, where its failures go. */
  readonly s3: S3Settings;
  readonly processing: ProcessingSettings;
  readonly dynamicPartitioning: boolean;
  readonly conversion: ConversionSettings | undefined;
  /** Untransformed records go here too. */
  readonly backup: S3Settings | undefined;
  readonly http: HttpEndpointSettings | undefined;
}
