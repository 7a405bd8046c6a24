/** Errors of the Firehose API, in AWS's words. No message holds a record's data. */
import { AwsError } from '../gateway/aws-error.ts';

export function invalidArgument(message: string): AwsError {
  return new AwsError('InvalidArgumentException', message);
}

/** What AWS can do and the local account can't: refused when the stream is made, never ignored. */
export function unsupported(what: string): AwsError {
  return new AwsError('InvalidArgumentException', `The local Firehose does not support ${what}.`);
}

export function unknownStream(name: string, accountId: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Firehose ${name} under account ${accountId} not found.`);
}

export function badShape(message: string): AwsError {
  return new AwsError('SerializationException', message);
}

export function slowDown(): AwsError {
  return new AwsError('ServiceUnavailableException', 'Slow down.', { status: 503 });
}
