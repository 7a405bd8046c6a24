/** The account's endpoint: one port, where unmodified AWS SDK clients find every service. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AwsRequest, AwsResponse, AwsService, Faults } from '../account/contracts.ts';
import { AwsError, injectedError } from './aws-error.ts';
import { decompressBody, isHangUp, readBody } from './body.ts';
import { errorResponse, type Protocol, protocolOf } from './error-response.ts';
import { type Incoming, listen, type Outgoing } from './listener.ts';
import { queryAction } from './query-service.ts';
import { hostService, signingScope } from './signature.ts';

export interface GatewayOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly faults?: Faults;
  /** Says why a request's signer may not make it; `undefined` lets it pass. For a service that `streams` it sees no body. */
  readonly authorize?: (request: AwsRequest) => AwsError | undefined;
  /** Told of an error that no operation meant; payload is kept out of it. */
  readonly onInternalError?: (service: string, operation: string | undefined, error: unknown) => void;
}

export interface Gateway {
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
  readonly port: number;
  register(service: AwsService): void;
  stop(): Promise<void>;
}

const LARGEST_BODY = 16 * 1024 * 1024;
const MOST_DRAINED = 64 * 1024 * 1024;
const NO_BODY = Buffer.alloc(0);

/** Opens the endpoint. Rejects with one clear message when the port is taken. */
export async function createGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const byName = new Map<string, AwsService>();
  const byTarget = new Map<string, AwsService>();
  const listener = await listen(options.port ?? 0, (request, response) => {
    // A client that breaks off shows here too; there is nobody left to tell.
    for (const side of [request, response]) side.on('error', () => undefined);
    answer({ byName, byTarget }, options, request, response).catch(() => response.destroy());
  });
  return {
    endpoint: `http://127.0.0.1:${listener.port}`,
    port: listener.port,
    register(service) {
      for (const name of service.names) {
        if (byName.has(name)) throw new Error(`Two services answer to ${name}.`);
        byName.set(name, service);
      }
      if (service.targetPrefix !== undefined) byTarget.set(service.targetPrefix, service);
    },
    stop: () => listener.close(),
  };
}

interface Services {
  readonly byName: ReadonlyMap<string, AwsService>;
  readonly byTarget: ReadonlyMap<string, AwsService>;
}

async function answer(
  services: Services,
  options: GatewayOptions,
  incoming: Incoming,
  outgoing: Outgoing,
): Promise<void> {
  const requestId = randomUUID();
  const headers = readHeaders(incoming, requestId);
  const hangUp = new AbortController();
  outgoing.once('close', () => hangUp.abort());
  const asked = { service: '', operation: undefined as string | undefined };
  let protocol: Protocol = protocolOf(headers['content-type']);
  let response: AwsResponse;
  try {
    const found = findService(services, incoming, headers);
    asked.service = found.name;
    protocol = found.service.protocol ?? protocol;
    const request = await readRequest(found, incoming, headers, hangUp.signal);
    asked.operation = request.operation;
    const refused = faultOf(options.faults, request) ?? options.authorize?.(request);
    if (refused !== undefined) throw refused;
    response = await found.service.handle(request);
  } catch (error) {
    const meant = error instanceof AwsError || isHangUp(error) || hangUp.signal.aborted;
    if (!meant) (options.onInternalError ?? reportInternal)(asked.service, asked.operation, error);
    response = errorResponse(asAwsError(error), protocol, requestId);
  }
  await write(response, requestId, incoming, outgoing);
}

function readHeaders(incoming: Incoming, requestId: string): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  headers.host ??= headers[':authority'];
  headers['x-amzn-requestid'] = requestId;
  return headers;
}

interface Found {
  readonly name: string;
  readonly service: AwsService;
  readonly accessKeyId: string | undefined;
}

function findService({ byName, byTarget }: Services, incoming: Incoming, headers: AwsRequest['headers']): Found {
  const scope = signingScope({ url: incoming.url ?? '/', headers });
  if (scope === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', {
      status: 403,
    });
  }
  const prefix = headers['x-amz-target']?.split('.')[0] ?? '';
  const service = byName.get(scope.service) ?? byTarget.get(prefix) ?? byName.get(hostService(headers.host) ?? '');
  if (service !== undefined) return { name: scope.service, service, accessKeyId: scope.accessKeyId };
  const known = [...byName.keys()].sort().join(', ');
  throw new AwsError(
    'UnknownOperationException',
    `The local account has no service ${scope.service.slice(0, 64)}; it has ${known}.`,
    { status: 501 },
  );
}

async function readRequest(
  found: Found,
  incoming: Incoming,
  headers: AwsRequest['headers'],
  signal: AbortSignal,
): Promise<AwsRequest> {
  const { service, name, accessKeyId } = found;
  const method = incoming.method ?? 'GET';
  const url = incoming.url ?? '/';
  const most = service.maxBodyBytes ?? LARGEST_BODY;
  const shared = { service: name, method, url, headers, signal, accessKeyId };
  if (service.streams) {
    return { ...shared, operation: service.operationOf?.(shared), body: NO_BODY, stream: incoming };
  }
  // Left open when it is refused: the answer still has to go out on its socket.
  const source = incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  const body = await decompressBody(await readBody(source, most), headers['content-encoding'], most);
  const operation = targetOperation(headers) ?? service.operationOf?.(shared) ?? queryAction(body, url);
  return { ...shared, operation, body };
}

function targetOperation(headers: AwsRequest['headers']): string | undefined {
  const target = headers['x-amz-target'];
  return target ? target.slice(target.lastIndexOf('.') + 1) : undefined;
}

function faultOf(faults: Faults | undefined, request: AwsRequest): AwsError | undefined {
  const code = request.operation && faults?.operation?.(request.service, request.operation);
  return code ? injectedError(code) : undefined;
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError('InternalFailure', 'The local account failed to answer; its own output says more.', {
    status: 500,
  });
}

/** Name and frames only: a message could quote what was sent. */
export function reportInternal(service: string, operation: string | undefined, error: unknown): void {
  const frames = error instanceof Error ? error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) : undefined;
  const name = error instanceof Error ? error.name : typeof error;
  process.stderr.write(`local account: ${service} ${operation ?? ''}: ${name}\n${(frames ?? []).join('\n')}\n`);
}

async function write(response: AwsResponse, requestId: string, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  const { body } = response;
  const bodiless = incoming.method === 'HEAD' || response.status === 204 || response.status === 304;
  if (outgoing.destroyed || bodiless) discard(body);
  if (outgoing.destroyed) return;
  try {
    outgoing.statusCode = response.status;
    const headers = { 'x-amzn-requestid': requestId, 'x-amz-request-id': requestId, ...response.headers };
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    if (bodiless) outgoing.end();
    else if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) end(outgoing, body ?? '');
    else await pipeline(Readable.from(body, { objectMode: false }), outgoing);
  } catch {
    // The client hung up, or the body broke off: the response can only be cut short.
    discard(body);
    outgoing.destroy();
  }
  if (!incoming.complete) drain(incoming);
}

/** Lets go of what a body that nobody reads holds open. */
function discard(body: AwsResponse['body']): void {
  if (body instanceof Readable) body.destroy();
}

function end(outgoing: Outgoing, body: Buffer | string): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  outgoing.setHeader('content-length', bytes.length);
  outgoing.end(bytes);
}

/** Takes what the service left unread, that it isn't taken for the next request's start; a client that won't end is cut off. */
function drain(incoming: Incoming): void {
  let left = MOST_DRAINED;
  incoming.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) incoming.destroy();
  });
}
