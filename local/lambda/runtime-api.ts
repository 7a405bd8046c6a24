/**
 * The Runtime API of one process, on a port of its own
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). Any runtime client can talk to it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LAMBDA } from './limits.ts';

/** An invocation as the runtime gets it. */
export interface Handed {
  readonly requestId: string;
  readonly event: string;
  readonly functionArn: string;
  /** In the account's time. */
  readonly deadlineMs: number;
  /** How far the account's time is ahead of the machine's. */
  readonly aheadMs: number;
  readonly traceId: string;
}

export type Answer =
  | { readonly kind: 'response'; readonly payload: string }
  | { readonly kind: 'error'; readonly payload: string }
  | { readonly kind: 'too-large'; readonly bytes: number };

export interface RuntimeListener {
  /** The runtime asked for its first invocation: init is over. */
  ready(): void;
  initError(payload: string): void;
  answer(requestId: string, answer: Answer): void;
  /** The process is about to end; comes before its last answer. */
  ending(): void;
  /** Peak resident memory as the process reports it. */
  memory(kib: number): void;
}

export interface RuntimeApi {
  /** `host:port`, the value of AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Gives this invocation to the runtime, now or when it next asks. */
  hand(invocation: Handed): void;
  close(): void;
}

const RUNTIME = '/2018-06-01/runtime/';
const ANSWER = /^invocation\/([^/]+)\/(response|error)$/;

export async function openRuntimeApi(listener: RuntimeListener): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;
  let pending: Handed | undefined;
  let running: string | undefined;
  let started = false;

  function deliver(): void {
    if (waiting === undefined || pending === undefined) return;
    const [response, invocation] = [waiting, pending];
    waiting = undefined;
    pending = undefined;
    running = invocation.requestId;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(invocation.event),
      'lambda-runtime-aws-request-id': invocation.requestId,
      'lambda-runtime-deadline-ms': String(invocation.deadlineMs),
      'lambda-runtime-invoked-function-arn': invocation.functionArn,
      'lambda-runtime-trace-id': invocation.traceId,
      ...(invocation.aheadMs === 0 ? {} : { 'x-clock-ahead-ms': String(invocation.aheadMs) }),
    });
    response.end(invocation.event);
  }

  function next(response: ServerResponse): void {
    waiting = response;
    if (!started) listener.ready();
    started = true;
    deliver();
  }

  async function answer(request: IncomingMessage, response: ServerResponse, id: string, kind: string): Promise<void> {
    const body = await readBody(request, LAMBDA.responseBytes);
    if (id !== running) return reply(response, 400, 'InvalidRequestID');
    running = undefined;
    listener.memory(Number(request.headers['x-peak-memory-kib'] ?? 0));
    if (request.headers['x-runtime-ends'] !== undefined) listener.ending();
    if (kind === 'response' && body.bytes > LAMBDA.responseBytes) {
      reply(response, 413, 'RequestEntityTooLarge');
      return listener.answer(id, { kind: 'too-large', bytes: body.bytes });
    }
    reply(response, 202);
    listener.answer(id, { kind: kind === 'response' ? 'response' : 'error', payload: body.text });
  }

  async function initError(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, LAMBDA.responseBytes);
    reply(response, 202);
    listener.initError(body.text);
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '';
    const path = url.startsWith(RUNTIME) ? url.slice(RUNTIME.length) : '';
    if (request.method === 'GET' && path === 'invocation/next') return next(response);
    if (request.method === 'POST' && path === 'init/error') return initError(request, response);
    const match = request.method === 'POST' ? ANSWER.exec(path) : null;
    if (match !== null) return answer(request, response, match[1] as string, match[2] as string);
    reply(response, 404, 'NotFound');
  }

  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    // The process died in the middle of a request: its end is told by its exit.
    route(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hand(invocation) {
      pending = invocation;
      deliver();
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function reply(response: ServerResponse, status: number, errorType?: string): void {
  const body = errorType === undefined ? '{"status":"OK"}' : JSON.stringify({ errorType, errorMessage: errorType });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Reads to the end, but keeps no more than `most` bytes. */
async function readBody(request: IncomingMessage, most: number): Promise<{ text: string; bytes: number }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= most) chunks.push(chunk);
  }
  return { text: bytes <= most ? Buffer.concat(chunks).toString('utf8') : '', bytes };
}
