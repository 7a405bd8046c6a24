import { SettingError } from '../platform/settings.ts';
import { type Failure, transient } from '../record/failure.ts';

/**
 * What a request that failed as a whole asks for:
 * `retry` it, `isolate` the entry that the service refuses, or `stop` since the next attempt would fail alike.
 */
export interface RequestFailure {
  readonly kind: 'retry' | 'isolate' | 'stop';
  readonly failure: Failure;
}

/** Error names that say that something about the request's content or address is wrong. */
const REFUSED =
  /^(ValidationException|InvalidArgumentException|SerializationException|InvalidMessageContents|BatchRequestTooLong|InvalidParameterValue\w*|MalformedDetail|RequestEntityTooLarge\w*|MessageTooLong)$/;
/** No credentials, no permission, no such stream: nothing changes within this invocation. */
const HOPELESS =
  /AccessDenied|NotAuthorized|Unauthorized|Credentials|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|ExpiredToken|TokenProvider|NotFound|NonExistent|NoSuchBucket|QueueDoesNotExist|KMS(?!Throttling)|Region is missing/;
const THROTTLED = /Throttl|TooManyRequests|ProvisionedThroughputExceeded|LimitExceeded|SlowDown|ServiceUnavailable/;

/** Sorts an error by its name and status alone: an SDK's message may quote what was sent. */
export function requestFailure(destination: string, error: unknown): RequestFailure {
  const name = errorName(error);
  if (error instanceof SettingError) return stop('DestinationNotConfigured', error.message);
  if (REFUSED.test(name)) {
    return { kind: 'isolate', failure: refused(destination, name) };
  }
  if (HOPELESS.test(name)) return stop('DestinationUnavailable', `${destination} can't be written to: ${name}.`);
  return { kind: 'retry', failure: unavailable(destination, name) };
}

/** A failure that a later attempt may not meet. */
export function unavailable(destination: string, name: string): Failure {
  return THROTTLED.test(name)
    ? transient('DestinationThrottled', 'deliver', `${destination} throttled the put: ${name}.`)
    : transient('DestinationUnavailable', 'deliver', `${destination} failed the put: ${name}.`);
}

function refused(destination: string, name: string): Failure {
  return transient('DestinationRefused', 'deliver', `${destination} refused the put: ${name}.`);
}

/** The name of an error or the code that a service gave, fit for a log: letters, digits and dots. */
export function errorName(error: unknown): string {
  const { name, code, message } = (error ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
  if (message === 'Region is missing') return message;
  const raw = name === 'Error' && typeof code === 'string' ? code : name;
  return typeof raw === 'string' ? raw.replace(/[^\w.]/g, '').slice(0, 80) || 'Error' : 'Error';
}

function stop(code: string, message: string): RequestFailure {
  return { kind: 'stop', failure: transient(code, 'deliver', message) };
}
