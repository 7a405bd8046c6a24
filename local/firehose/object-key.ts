import { randomUUID } from 'node:crypto';
import { COMPRESSIONS } from './compression.ts';
import { compileTimePattern } from './java-time.ts';
import { type ErrorOutputType, evaluatePrefix, type PartitionKeys, withDefaultTime } from './prefix.ts';
import type { DestinationSettings, S3Settings } from './settings.ts';
import { inZone } from './time-zone.ts';

export interface Named {
  readonly stream: string;
  /** The delivery stream's version: it rises when its destination is changed. */
  readonly version: number;
}

const SUFFIX_TIME = compileTimePattern('yyyy-MM-dd-HH-mm-ss');

/** `<prefix><stream>-<version>-<time of the oldest record>-<uuid><extension>`. https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html */
export function dataKey(s3: S3Settings, named: Named, oldest: number, keys: PartitionKeys, parquet: boolean): string {
  const time = inZone(oldest, s3.timeZone);
  const prefix = evaluatePrefix(withDefaultTime(s3.prefix), { time, keys });
  const extension = s3.fileExtension ?? (parquet ? '.parquet' : COMPRESSIONS[s3.compression].extension);
  return `${prefix}${suffix(named, SUFFIX_TIME(time))}${extension}`;
}

/** Error output is compressed as the rest is; where records are converted it stays plain text. */
export function errorKey(
  { s3, conversion }: DestinationSettings,
  named: Named,
  oldest: number,
  type: ErrorOutputType,
): string {
  const time = inZone(oldest, s3.timeZone);
  const prefix = evaluatePrefix(s3.errorPrefix, { time, errorType: type });
  const extension = conversion === undefined ? (s3.fileExtension ?? COMPRESSIONS[s3.compression].extension) : '';
  return `${prefix}${suffix(named, SUFFIX_TIME(time))}${extension}`;
}

function suffix({ stream, version }: Named, time: string): string {
  return `${stream}-${version}-${time}-${randomUUID()}`;
}
