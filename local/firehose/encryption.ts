/** Encryption of what a delivery stream holds until it is delivered. */
import type { JsonObject } from '../gateway/json-service.ts';
import { input, optional, text } from '../gateway/shape.ts';
import { invalidArgument } from './errors.ts';

export interface Encryption {
  readonly KeyType: string;
  readonly KeyARN?: string | undefined;
}

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeliveryStreamEncryptionConfigurationInput.html */
const READ = input({
  KeyType: text({ values: ['AWS_OWNED_CMK', 'CUSTOMER_MANAGED_CMK'] }),
  KeyARN: optional(text({ min: 1, max: 512 })),
});

/** Undefined: none is asked for. Throws InvalidArgumentException. */
export function readEncryption(given: unknown, fromKinesis: boolean): Encryption | undefined {
  if (given === undefined || given === null) return undefined;
  if (fromKinesis) {
    throw invalidArgument('Server-side encryption is not supported for a KinesisStreamAsSource delivery stream.');
  }
  const { KeyType, KeyARN } = READ(given as JsonObject);
  if ((KeyType === 'CUSTOMER_MANAGED_CMK') !== (KeyARN !== undefined)) {
    throw invalidArgument('KeyARN is needed with KeyType CUSTOMER_MANAGED_CMK, and with it alone.');
  }
  return { KeyType, KeyARN };
}

export function describeEncryption(encryption: Encryption | undefined): object {
  return encryption === undefined ? { Status: 'DISABLED' } : { Status: 'ENABLED', ...encryption };
}
