/** What AWS asks for, in US dollars, for us-east-1. Each can be overridden: `--price lambdaGbSecond=0.000012`. */
export const PRICED_ON = '2026-11';

/** Hours that a month is counted with. */
export const MONTH_HOURS = 720;

export const PRICES = {
  /** https://aws.amazon.com/lambda/pricing/ (arm64) */
  lambdaGbSecond: 0.0000133334,
  lambdaMillionRequests: 0.2,
  /** https://aws.amazon.com/firehose/pricing/: a GB, each record rounded up to 5 KB */
  firehoseGb: 0.029,
  /** https://aws.amazon.com/kinesis/data-streams/pricing/ */
  kinesisShardHour: 0.015,
  /** A million put payload units, of 25 KB each. */
  kinesisMillionPutUnits: 0.014,
  kinesisOnDemandStreamHour: 0.04,
  kinesisOnDemandGbIn: 0.08,
  kinesisOnDemandGbOut: 0.04,
  /** https://aws.amazon.com/s3/pricing/ */
  s3ThousandPuts: 0.005,
};

export type Prices = typeof PRICES;
