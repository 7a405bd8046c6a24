import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What a test makes of a request: `GET /bucket/key`, or `BatchGetItem` with its JSON. */
export type Respond = (operation: string, body: string, headers: IncomingMessage['headers']) => Reply;

/** An endpoint for AWS SDK clients that answers as a test says, and the environment that points clients to it. */
export async function awsEndpoint(respond: Respond): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const target = request.headers['x-amz-target'];
      const operation =
        typeof target === 'string'
          ? target.slice(target.indexOf('.') + 1)
          : `${request.method} ${new URL(request.url ?? '/', 'http://x').pathname}`;
      const {
        status = 200,
        headers = {},
        body = '',
      } = respond(operation, Buffer.concat(chunks).toString(), request.headers);
      const bytes = Buffer.from(body);
      response.writeHead(status, { 'content-length': bytes.length, ...headers });
      response.end(status === 304 ? undefined : bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
