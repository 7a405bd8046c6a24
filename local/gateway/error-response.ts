import type { AwsResponse } from '../account/contracts.ts';
import type { AwsError } from './aws-error.ts';
import { writeXml } from './xml.ts';

export type Protocol = 'json' | 'query' | 'rest-json' | 'rest-xml';

/** The protocol a request speaks, for a service that doesn't say. */
export function protocolOf(contentType: string | undefined): Protocol {
  if (contentType?.startsWith('application/x-amz-json')) return 'json';
  if (contentType?.startsWith('application/x-www-form-urlencoded')) return 'query';
  return 'rest-json';
}

/** Writes an error as the protocol's clients read it. */
export function errorResponse(error: AwsError, protocol: Protocol, requestId: string): AwsResponse {
  const writer = WRITERS[protocol];
  const { type, body } = writer(error, requestId);
  const headers = { 'content-type': type, ...error.headers };
  if (protocol === 'json' || protocol === 'rest-json') {
    return { status: error.status, headers: { 'x-amzn-errortype': shortCode(error.code), ...headers }, body };
  }
  return { status: error.status, headers, body };
}

/** `com.amazonaws.sqs#QueueDoesNotExist` → `QueueDoesNotExist`. */
function shortCode(code: string): string {
  return code.slice(code.indexOf('#') + 1);
}

type Writer = (error: AwsError, requestId: string) => { type: string; body: string };

const WRITERS: Readonly<Record<Protocol, Writer>> = {
  json: (error) => ({
    type: 'application/x-amz-json-1.1',
    body: JSON.stringify({ __type: error.code, message: error.message, ...error.fields }),
  }),
  // Lambda's members are `Type` and `message` or `Message`; readers take either case.
  'rest-json': (error) => ({
    type: 'application/json',
    body: JSON.stringify({ Type: error.status >= 500 ? 'Service' : 'User', message: error.message, ...error.fields }),
  }),
  query: (error, requestId) => ({
    type: 'text/xml',
    body: writeXml('ErrorResponse', {
      Error: { Type: error.status >= 500 ? 'Receiver' : 'Sender', Code: error.code, Message: error.message },
      RequestId: requestId,
    }),
  }),
  'rest-xml': (error, requestId) => ({
    type: 'application/xml',
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${writeXml('Error', {
      Code: error.code,
      Message: error.message,
      ...(error.fields as Record<string, string>),
      RequestId: requestId,
      HostId: 'local',
    })}`,
  }),
};
