/** Lambda's REST API, as far as SDK clients, the Serverless Framework and tests use it. https://docs.aws.amazon.com/lambda/latest/api/ */
import type {
  AsyncFunctions,
  AwsRequest,
  AwsResponse,
  AwsService,
  InvokeResult,
  Objects,
} from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { readObject } from '../gateway/json-service.ts';
import { configurationOf } from './configuration.ts';
import type { FunctionCode, FunctionDefinition } from './definition.ts';

export interface LambdaApiOptions {
  readonly functions: () => readonly FunctionDefinition[];
  readonly find: (name: string) => FunctionDefinition | undefined;
  readonly invokeWithTail: (name: string, payload: string) => Promise<{ result: InvokeResult; tail: string }>;
  readonly submit: AsyncFunctions['submit'];
  /** Creates the function, or replaces it. */
  readonly create: (properties: Readonly<Record<string, unknown>>, code: FunctionCode) => void;
  /** Changes some of a function's properties, or its code. */
  readonly update: (name: string, properties: Readonly<Record<string, unknown>>, code?: FunctionCode) => void;
  readonly remove: (name: string) => Promise<void>;
  readonly objects?: Objects;
  readonly eventSourceMappings?: () => AwsService | undefined;
}

type Operation = (options: LambdaApiOptions, name: string, request: AwsRequest) => Promise<AwsResponse> | AwsResponse;

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly operation: string;
  readonly run: Operation;
}

const FUNCTIONS = '/2015-03-31/functions';
const MAPPINGS = '/2015-03-31/event-source-mappings';
/** A deployment package of 50 MB, as base64. */
const LARGEST_BODY = 70 * 1024 * 1024;

const ROUTES: readonly Route[] = [
  route('POST', `${FUNCTIONS}/([^/]+)/invocations`, 'Invoke', invoke),
  route('GET', `${FUNCTIONS}/?`, 'ListFunctions', ({ functions }) => {
    return json(200, { Functions: functions().map(configurationOf) });
  }),
  route('POST', `${FUNCTIONS}/?`, 'CreateFunction', createFunction),
  route('GET', `${FUNCTIONS}/([^/]+)`, 'GetFunction', getFunction),
  route('GET', `${FUNCTIONS}/([^/]+)/configuration`, 'GetFunctionConfiguration', (options, name) => {
    return json(200, configurationOf(existing(options, name)));
  }),
  route('GET', `${FUNCTIONS}/([^/]+)/versions`, 'ListVersionsByFunction', (options, name) => {
    return json(200, { Versions: [configurationOf(existing(options, name))] });
  }),
  route('PUT', `${FUNCTIONS}/([^/]+)/configuration`, 'UpdateFunctionConfiguration', updateConfiguration),
  route('PUT', `${FUNCTIONS}/([^/]+)/code`, 'UpdateFunctionCode', updateCode),
  route('DELETE', `${FUNCTIONS}/([^/]+)`, 'DeleteFunction', async (options, name) => {
    existing(options, name);
    await options.remove(name);
    return { status: 204 };
  }),
  route('PUT', '/2017-10-31/functions/([^/]+)/concurrency', 'PutFunctionConcurrency', putConcurrency),
  route('GET', '/2019-09-30/functions/([^/]+)/concurrency', 'GetFunctionConcurrency', (options, name) => {
    const { reserved } = existing(options, name);
    return json(200, reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved });
  }),
];

export function createLambdaApi(options: LambdaApiOptions): Omit<AwsService, 'names'> {
  return {
    protocol: 'rest-json',
    maxBodyBytes: LARGEST_BODY,
    operationOf(request) {
      if (request.url.startsWith(MAPPINGS)) return options.eventSourceMappings?.()?.operationOf?.(request);
      return match(request)?.route.operation;
    },
    async handle(request) {
      const mappings = request.url.startsWith(MAPPINGS) ? options.eventSourceMappings?.() : undefined;
      if (mappings !== undefined) return mappings.handle(request);
      const found = match(request);
      if (found === undefined) {
        const message = `The local account's Lambda has no ${request.method} ${request.url.split('?')[0]?.slice(0, 128)}.`;
        throw new AwsError('UnknownOperationException', message, { status: 404 });
      }
      return found.route.run(options, found.name, request);
    },
  };
}

function route(method: string, pattern: string, operation: string, run: Operation): Route {
  return { method, path: new RegExp(`^${pattern}$`), operation, run };
}

function match(request: Pick<AwsRequest, 'method' | 'url'>): { route: Route; name: string } | undefined {
  const path = request.url.split('?')[0] as string;
  for (const each of ROUTES) {
    const found = each.method === request.method ? each.path.exec(path) : null;
    if (found !== null) return { route: each, name: decodeURIComponent(found[1] ?? '') };
  }
  return undefined;
}

function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): AwsResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

function existing({ find }: LambdaApiOptions, name: string): FunctionDefinition {
  const definition = find(name);
  if (definition !== undefined) return definition;
  throw new AwsError('ResourceNotFoundException', `Function not found: ${name.slice(0, 170)}`, { status: 404 });
}

async function invoke(options: LambdaApiOptions, name: string, request: AwsRequest): Promise<AwsResponse> {
  const definition = existing(options, name);
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const payload = request.body.length === 0 ? '{}' : request.body.toString('utf8');
  assertJson(payload);
  if (type === 'DryRun') return { status: 204 };
  if (type === 'Event') {
    const { requestId } = await options.submit(definition.name, payload);
    return { status: 202, headers: { 'x-amzn-requestid': requestId } };
  }
  if (type !== 'RequestResponse') throw invalid(`InvocationType ${type.slice(0, 32)} is not known`);
  return invokeAndWait(options, definition.name, payload, request.headers['x-amz-log-type'] === 'Tail');
}

const REFUSALS: Readonly<Record<string, number>> = {
  TooManyRequestsException: 429,
  RequestEntityTooLargeException: 413,
  ResourceNotFoundException: 404,
};

async function invokeAndWait(
  options: LambdaApiOptions,
  name: string,
  payload: string,
  wantsTail: boolean,
): Promise<AwsResponse> {
  const { result, tail } = await options.invokeWithTail(name, payload);
  if (result.cause === 'rejected') {
    const { errorType, errorMessage } = JSON.parse(result.payload) as { errorType: string; errorMessage: string };
    const reason =
      errorType === 'TooManyRequestsException' ? { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' } : {};
    throw new AwsError(errorType, errorMessage, { status: REFUSALS[errorType] ?? 500, fields: reason });
  }
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-amzn-requestid': result.requestId,
    'x-amz-executed-version': result.executedVersion,
  };
  if (result.functionError !== undefined) headers['x-amz-function-error'] = result.functionError;
  if (wantsTail) headers['x-amz-log-result'] = tail;
  return { status: 200, headers, body: result.payload };
}

function assertJson(payload: string): void {
  try {
    JSON.parse(payload);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json');
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

function getFunction(options: LambdaApiOptions, name: string): AwsResponse {
  const definition = existing(options, name);
  const reserved = definition.reserved;
  return json(200, {
    Configuration: configurationOf(definition),
    Code: { RepositoryType: 'S3', Location: `file://${definition.code.directory}` },
    ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
  });
}

async function createFunction(options: LambdaApiOptions, _name: string, request: AwsRequest): Promise<AwsResponse> {
  const { Code, ...properties } = readObject(request.body);
  const name = String(properties.FunctionName);
  if (options.find(name) !== undefined) {
    throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, { status: 409 });
  }
  const code = await codeOf(options, Code);
  asInvalid(() => options.create(properties, code));
  return json(201, configurationOf(existing(options, name)));
}

async function updateCode(options: LambdaApiOptions, name: string, request: AwsRequest): Promise<AwsResponse> {
  existing(options, name);
  const code = await codeOf(options, readObject(request.body));
  asInvalid(() => options.update(name, {}, code));
  return json(200, configurationOf(existing(options, name)));
}

function updateConfiguration(options: LambdaApiOptions, name: string, request: AwsRequest): AwsResponse {
  existing(options, name);
  asInvalid(() => options.update(name, readObject(request.body)));
  return json(200, configurationOf(existing(options, name)));
}

function putConcurrency(options: LambdaApiOptions, name: string, request: AwsRequest): AwsResponse {
  existing(options, name);
  const { ReservedConcurrentExecutions } = readObject(request.body);
  asInvalid(() => options.update(name, { ReservedConcurrentExecutions }));
  return json(200, { ReservedConcurrentExecutions });
}

async function codeOf({ objects }: LambdaApiOptions, value: unknown): Promise<FunctionCode> {
  const code = (value ?? {}) as { ZipFile?: unknown; S3Bucket?: unknown; S3Key?: unknown };
  if (typeof code.ZipFile === 'string') return { zip: Buffer.from(code.ZipFile, 'base64') };
  if (typeof code.S3Bucket === 'string' && typeof code.S3Key === 'string' && objects !== undefined) {
    return { zip: await objects.get(code.S3Bucket, code.S3Key) };
  }
  throw invalid('Code must hold ZipFile, or S3Bucket and S3Key');
}

/** What is wrong in the caller's properties is the caller's error. */
function asInvalid(run: () => void): void {
  try {
    run();
  } catch (cause) {
    throw cause instanceof AwsError ? cause : invalid(cause instanceof Error ? cause.message : 'Not valid');
  }
}
