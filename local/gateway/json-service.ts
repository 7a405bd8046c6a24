import type { AwsRequest, AwsResponse, AwsService } from '../account/contracts.ts';
import { AwsError } from './aws-error.ts';

export type JsonObject = { readonly [name: string]: unknown };

/**
 * One operation: takes the request's JSON object, gives the answer's. `undefined` answers with an empty body, as
 * AWS does where an operation has no output; `respond` answers with anything else, an event stream for one.
 */
export type JsonOperation = (input: JsonObject, request: AwsRequest) => unknown;

export interface JsonServiceOptions {
  /** Signing names. */
  readonly names: readonly string[];
  /** `Kinesis_20131202` */
  readonly targetPrefix: string;
  readonly version: '1.0' | '1.1';
  readonly operations: Readonly<Record<string, JsonOperation>>;
  /** Put before an error's code in `__type`: `com.amazonaws.sqs#`. */
  readonly errorNamespace?: string;
  readonly maxBodyBytes?: number;
}

/** A service of the AWS JSON protocols. Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export function awsJsonService(options: JsonServiceOptions): AwsService {
  const operations = new Map(Object.entries(options.operations));
  const headers = { 'content-type': `application/x-amz-json-${options.version}` };
  return {
    names: options.names,
    protocol: 'json',
    targetPrefix: options.targetPrefix,
    ...(options.maxBodyBytes === undefined ? {} : { maxBodyBytes: options.maxBodyBytes }),
    async handle(request) {
      const operation = operations.get(request.operation ?? '');
      if (operation === undefined) throw unknownOperation(request);
      try {
        const output = await operation(readObject(request.body), request);
        if (isRaw(output)) return output.response;
        return { status: 200, headers, body: output === undefined ? '' : JSON.stringify(output) };
      } catch (error) {
        throw inNamespace(error, options.errorNamespace);
      }
    },
  };
}

const RAW = Symbol('response');

interface RawResponse {
  readonly [RAW]: true;
  readonly response: AwsResponse;
}

/** Answers with a whole response in place of a JSON object. */
export function respond(response: AwsResponse): RawResponse {
  return { [RAW]: true, response };
}

function isRaw(output: unknown): output is RawResponse {
  return typeof output === 'object' && output !== null && RAW in output;
}

/** Reads a body that must be a JSON object; an empty one is `{}`. */
export function readObject(body: Buffer): JsonObject {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // JSON.parse quotes the text in its message: it is payload, so neither message nor cause is kept.
    throw new AwsError('SerializationException', 'The request is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
  }
  return value as JsonObject;
}

/** Error details that come from the service itself keep their code; SDKs drop what stands before `#`. */
function inNamespace(error: unknown, namespace: string | undefined): unknown {
  if (namespace === undefined || !(error instanceof AwsError) || error.code.includes('#')) return error;
  const { status, fields, headers } = error;
  return new AwsError(`${namespace}${error.code}`, error.message, { status, fields, headers, cause: error });
}

export function unknownOperation(request: Pick<AwsRequest, 'operation' | 'service'>): AwsError {
  const name = request.operation?.slice(0, 128) ?? '(none)';
  return new AwsError('UnknownOperationException', `The local account's ${request.service} has no operation ${name}.`);
}
