import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** The first bytes of HTTP/2 with prior knowledge: `PRI * HTTP/2.0`. RFC 9113 §3.4. */
const HTTP2_START = 'PRI';
/** Above the idle time of SDK clients' sockets, so that they never write to one that is being closed. */
const KEEP_ALIVE_MS = 120_000;
const LARGEST_HEADERS = 64 * 1024;

/** Listens on 127.0.0.1, speaking HTTP/1.1 and HTTP/2 on the one port. Port 0 takes a free one. */
export async function listen(port: number, answer: (request: Incoming, response: Outgoing) => void): Promise<Listener> {
  const http = createHttp({ keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: LARGEST_HEADERS }, answer);
  const http2 = createHttp2({ settings: { maxConcurrentStreams: 1000, initialWindowSize: 1024 * 1024 } }, answer);
  http2.on('session', (session) => session.setLocalWindowSize(16 * 1024 * 1024));
  http2.on('sessionError', () => undefined);
  http.on('clientError', (_error, socket) => socket.destroy());
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    whenSpoken(socket, (start) => (start === HTTP2_START ? http2 : http).emit('connection', socket));
  });
  await bind(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Waits for a connection's first three bytes and puts them back. */
function whenSpoken(socket: Socket, then: (start: string) => void): void {
  let head = Buffer.alloc(0);
  socket.on('readable', function readable() {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    head = Buffer.concat([head, chunk]);
    if (head.length < HTTP2_START.length) return;
    socket.removeListener('readable', readable);
    socket.unshift(head);
    then(head.toString('latin1', 0, HTTP2_START.length));
  });
}

function bind(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is already in use' : `can't be listened on (${cause.code})`;
      reject(new Error(`Port ${port} of 127.0.0.1 ${why}. Choose another port, or 0 for a free one.`, { cause }));
    });
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
