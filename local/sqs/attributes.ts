/** A queue's settings. Source: SetQueueAttributes' API reference. */
import { invalidParameter, sqsError } from './sqs-error.ts';

export type QueueAttributes = Readonly<Record<string, string>>;

export const DEFAULTS: QueueAttributes = {
  VisibilityTimeout: '30',
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
};

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  VisibilityTimeout: [0, 43_200],
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  FifoQueue: ['true', 'false'],
  ContentBasedDeduplication: ['true', 'false'],
  SqsManagedSseEnabled: ['true', 'false'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
};

const FREE = ['Policy', 'KmsMasterKeyId', 'RedrivePolicy', 'RedriveAllowPolicy'];
const FIFO_ONLY = ['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

export interface Redrive {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export function checkAttributes(attributes: QueueAttributes, fifo: boolean): void {
  for (const [name, value] of Object.entries(attributes)) {
    const range = RANGES[name];
    const known = range !== undefined || CHOICES[name] !== undefined || FREE.includes(name);
    if (!known || (FIFO_ONLY.includes(name) && !fifo))
      throw sqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    const wrong = range
      ? !/^\d{1,9}$/.test(value) || Number(value) < range[0] || Number(value) > range[1]
      : CHOICES[name]?.includes(value) === false;
    if (wrong) throw sqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
  }
  if (attributes.RedrivePolicy) readRedrive(attributes.RedrivePolicy);
}

/** Reads a redrive policy; a count may be written as text. */
export function readRedrive(policy: string | undefined): Redrive | undefined {
  if (policy === undefined || policy === '') return undefined;
  let read: { deadLetterTargetArn?: unknown; maxReceiveCount?: unknown };
  try {
    read = JSON.parse(policy);
  } catch {
    throw invalidParameter(
      'Value for parameter RedrivePolicy is invalid. Reason: Redrive policy is not a valid JSON map.',
    );
  }
  const count = Number(read?.maxReceiveCount);
  if (typeof read?.deadLetterTargetArn !== 'string' || !Number.isInteger(count) || count < 1 || count > 1000) {
    throw invalidParameter(
      'Value for parameter RedrivePolicy is invalid. Reason: it must have a deadLetterTargetArn and a maxReceiveCount from 1 to 1000.',
    );
  }
  return { deadLetterTargetArn: read.deadLetterTargetArn, maxReceiveCount: count };
}
