/**
 * An error as an AWS service answers it. Thrown by an operation, written by the gateway in the wire form of the
 * request's protocol. `message` never holds payload.
 */
export interface AwsErrorDetails {
  /** HTTP status; 400 unless told. */
  readonly status?: number;
  /** Further members of the JSON body. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message: string, details: AwsErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status ?? 400;
    this.fields = details.fields ?? {};
    this.headers = details.headers ?? {};
  }
}

/** Codes that AWS answers with another status than 400. */
const STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AccessDeniedException: 400,
  InternalError: 500,
  InternalFailure: 500,
  InternalFailureException: 500,
  InternalServerError: 500,
  InternalServiceError: 500,
  RequestTimeout: 400,
  ServiceException: 500,
  ServiceUnavailable: 503,
  ServiceUnavailableException: 503,
  SlowDown: 503,
  TooManyRequestsException: 429,
};

/** An error known by its code alone: one that a fault asks for. */
export function injectedError(code: string): AwsError {
  return new AwsError(code, `${code}, as the injected fault asks.`, { status: STATUS[code] ?? 400 });
}
