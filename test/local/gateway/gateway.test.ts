import { connect } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AwsRequest } from '../../../local/account/contracts.ts';
import { AwsError } from '../../../local/gateway/aws-error.ts';
import { createGateway } from '../../../local/gateway/gateway.ts';
import { awsJsonService } from '../../../local/gateway/json-service.ts';
import { awsQueryService, type QueryInput } from '../../../local/gateway/query-service.ts';
import { type LocalEndpoint, openEndpoint } from '../../factories/local-endpoint.ts';

const signed = (service: string, more: Record<string, string> = {}): Record<string, string> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  'content-type': 'application/x-amz-json-1.1',
  ...more,
});

let local: LocalEndpoint;
let seen: AwsRequest[];
let queries: QueryInput[];

beforeEach(async () => {
  seen = [];
  queries = [];
  local = await openEndpoint(() => [
    awsJsonService({
      names: ['echo', 'echo-alias'],
      targetPrefix: 'Echo_20260101',
      version: '1.1',
      maxBodyBytes: 100_000,
      operations: {
        Say: (input, request) => {
          seen.push(request);
          return { heard: input.word };
        },
        Fail: () => {
          throw new AwsError('ResourceNotFoundException', 'Nothing of that name.', { fields: { Resource: 'x' } });
        },
        Nothing: () => undefined,
      },
    }),
    awsQueryService({
      names: ['sts'],
      namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      operations: {
        GetCallerIdentity: (input) => {
          queries.push(input);
          return { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/<&>', UserId: 'U' };
        },
      },
    }),
  ]);
});

afterEach(() => local.stop());

const say = (
  headers: Record<string, string>,
  body: string | Uint8Array<ArrayBuffer> = '{"word":"hello"}',
): Promise<Response> =>
  fetch(local.gateway.endpoint, { method: 'POST', headers: { 'x-amz-target': 'Echo_20260101.Say', ...headers }, body });

describe('finding the service', () => {
  test('by the credential scope of the Authorization header', async () => {
    const response = await say(signed('echo'));
    expect(response.status).toBe(200);
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toEqual({ heard: 'hello' });
    expect(seen[0]).toMatchObject({ service: 'echo', operation: 'Say', accessKeyId: 'AKIDEXAMPLE' });
  });

  test('by the scope of a presigned address', async () => {
    const scope = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260131%2Fus-east-1%2Fecho%2Faws4_request';
    const response = await fetch(`${local.gateway.endpoint}/?${scope}`, {
      method: 'POST',
      headers: { 'x-amz-target': 'Echo_20260101.Say', 'content-type': 'application/x-amz-json-1.1' },
      body: '{}',
    });
    expect(response.status).toBe(200);
    expect(seen[0]?.accessKeyId).toBe('AKID');
  });

  test('by the target, when the signing name is unknown', async () => {
    expect((await say(signed('something-else'))).status).toBe(200);
  });

  test('a SigV4A scope has no region', async () => {
    const authorization =
      'AWS4-ECDSA-P256-SHA256 Credential=AKID/20260131/echo/aws4_request, SignedHeaders=host, Signature=0';
    expect((await say({ ...signed('echo'), authorization })).status).toBe(200);
    expect(seen[0]?.accessKeyId).toBe('AKID');
  });

  test('an unsigned request is refused', async () => {
    const response = await fetch(local.gateway.endpoint);
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
  });

  test('an unknown service is named, with those there are', async () => {
    const response = await fetch(local.gateway.endpoint, { method: 'POST', headers: signed('polly'), body: '{}' });
    expect(response.status).toBe(501);
    expect(await response.text()).toMatch(/no service polly; it has echo, echo-alias, sts/);
  });
});

describe('the JSON protocol', () => {
  const call = async (
    operation: string,
    body = '{}',
  ): Promise<{ status: number; type: string | null; json: unknown }> => {
    const response = await say(signed('echo', { 'x-amz-target': `Echo_20260101.${operation}` }), body);
    const text = await response.text();
    return { status: response.status, type: response.headers.get('x-amzn-errortype'), json: text && JSON.parse(text) };
  };

  test('an error has its type in the body and in a header', async () => {
    expect(await call('Fail')).toEqual({
      status: 400,
      type: 'ResourceNotFoundException',
      json: { __type: 'ResourceNotFoundException', message: 'Nothing of that name.', Resource: 'x' },
    });
  });

  test('an unknown operation is named', async () => {
    const { status, json } = await call('Sing');
    expect(status).toBe(400);
    expect(json).toMatchObject({ __type: 'UnknownOperationException', message: expect.stringContaining('Sing') });
  });

  test('an operation without output answers with an empty body', async () => {
    expect(await call('Nothing')).toEqual({ status: 200, type: null, json: '' });
  });

  test.each(['{', '"text"', '[]', 'null', '\u0000'])('%j is no request', async (body) => {
    expect(await call('Say', body)).toMatchObject({ status: 400, type: 'SerializationException' });
  });

  test('an error that nobody meant keeps its message to itself', async () => {
    const gateway = await createGateway({
      onInternalError: (service, operation) => told.push(`${service}.${operation}`),
    });
    const told: string[] = [];
    gateway.register(
      awsJsonService({
        names: ['echo'],
        targetPrefix: 'E',
        version: '1.1',
        operations: { Break: () => JSON.parse('hunter2') },
      }),
    );
    const response = await fetch(gateway.endpoint, {
      method: 'POST',
      headers: signed('echo', { 'x-amz-target': 'E.Break' }),
      body: '{}',
    });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
    expect(told).toEqual(['echo.Break']);
    await gateway.stop();
  });
});

describe('the query protocol', () => {
  test('an unmodified STS client reads the answer', async () => {
    const sts = new STSClient(local.client);
    const answer = await sts.send(new GetCallerIdentityCommand({}));
    expect(answer).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/<&>' });
    sts.destroy();
  });

  test('dotted names become lists and structures', async () => {
    const body = new URLSearchParams({
      Action: 'GetCallerIdentity',
      'Tags.member.2.Key': 'b',
      'Tags.member.1.Key': 'a',
      'Filter.Name': 'n',
      Plain: 'x=y&z',
    });
    await say(
      signed('sts', { 'content-type': 'application/x-www-form-urlencoded', 'x-amz-target': '' }),
      body.toString(),
    );
    expect(queries[0]).toMatchObject({ Tags: [{ Key: 'a' }, { Key: 'b' }], Filter: { Name: 'n' }, Plain: 'x=y&z' });
  });

  test('an unknown action is an XML error', async () => {
    const headers = signed('sts', { 'content-type': 'application/x-www-form-urlencoded', 'x-amz-target': '' });
    const response = await fetch(local.gateway.endpoint, { method: 'POST', headers, body: 'Action=Nope' });
    expect(await response.text()).toMatch(/<ErrorResponse><Error><Type>Sender<\/Type><Code>InvalidAction<\/Code>/);
  });
});

describe('bodies', () => {
  test('gzip is undone', async () => {
    const response = await say(signed('echo', { 'content-encoding': 'gzip' }), gzipSync('{"word":"packed"}'));
    expect(await response.json()).toEqual({ heard: 'packed' });
  });

  test('a gzip that unpacks past the limit is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const response = await say(signed('echo', { 'content-encoding': 'gzip' }), bomb);
    expect(response.status).toBe(413);
  });

  test('broken gzip is an error of the client', async () => {
    const response = await say(signed('echo', { 'content-encoding': 'gzip' }), 'not gzip');
    expect(response.headers.get('x-amzn-errortype')).toBe('SerializationException');
  });

  test('a body over the limit is answered with 413', async () => {
    const response = await say(signed('echo'), JSON.stringify({ word: 'x'.repeat(200_000) }));
    expect(response.status).toBe(413);
    expect((await say(signed('echo'))).status).toBe(200);
  });
});

describe('faults and authorisation', () => {
  test('an injected fault answers instead of the operation', async () => {
    local.faults.operation = (service, operation) =>
      service === 'echo' && operation === 'Say' ? 'SlowDown' : undefined;
    const response = await say(signed('echo'));
    expect(response.status).toBe(503);
    expect(response.headers.get('x-amzn-errortype')).toBe('SlowDown');
    expect(seen).toEqual([]);
    local.faults.operation = () => undefined;
    expect((await say(signed('echo'))).status).toBe(200);
  });

  test('what authorize refuses never reaches the service', async () => {
    const gateway = await createGateway({
      authorize: (request) =>
        request.accessKeyId === 'AKIDEXAMPLE' ? new AwsError('AccessDeniedException', 'no') : undefined,
    });
    gateway.register(
      awsJsonService({ names: ['echo'], targetPrefix: 'E', version: '1.1', operations: { Say: () => ({}) } }),
    );
    const headers = signed('echo', { 'x-amz-target': 'E.Say' });
    const response = await fetch(gateway.endpoint, { method: 'POST', headers, body: '{}' });
    expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
    await gateway.stop();
  });
});

describe('the port', () => {
  test('a busy port is one clear error', async () => {
    await expect(createGateway({ port: local.gateway.port })).rejects.toThrow(
      `Port ${local.gateway.port} of 127.0.0.1 is already in use. Choose another port, or 0 for a free one.`,
    );
  });

  test('HTTP/2 with prior knowledge is served beside HTTP/1.1', async () => {
    const session = connect(local.gateway.endpoint);
    const stream = session.request({
      ...signed('echo'),
      ':method': 'POST',
      ':path': '/',
      'x-amz-target': 'Echo_20260101.Say',
    });
    stream.end('{"word":"two"}');
    let body = '';
    for await (const chunk of stream) body += chunk;
    expect(body).toBe('{"heard":"two"}');
    session.close();
  });

  test('a first segment of a single byte is waited on', async () => {
    const socket = connectSocket(local.gateway.port, '127.0.0.1');
    socket.setNoDelay(true);
    const answered = new Promise<string>((resolve) =>
      socket.once('data', (bytes) => resolve(bytes.toString('latin1'))),
    );
    for (const part of ['G', 'E', 'T / HTTP/1.1\r\nhost: x\r\n\r\n']) {
      socket.write(part);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await answered).toMatch(/^HTTP\/1\.1 403/);
    socket.destroy();
  });

  test('clients that break off in the middle harm nobody', async () => {
    const session = connect(local.gateway.endpoint);
    session.on('error', () => undefined);
    const headers = { ...signed('echo'), ':method': 'POST', ':path': '/', 'x-amz-target': 'Echo_20260101.Say' };
    for (const whole of [false, true]) {
      const stream = session.request(headers);
      stream.on('error', () => undefined);
      if (whole) stream.end('{}');
      else stream.write('{"word":');
      await new Promise((resolve) => setTimeout(resolve, 5));
      stream.destroy(new Error('gone'));
    }
    const half = connectSocket(local.gateway.port, '127.0.0.1');
    half.write(
      `POST / HTTP/1.1\r\nhost: x\r\nauthorization: ${signed('echo').authorization}\r\ncontent-length: 100\r\n\r\n{`,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    half.destroy();
    session.destroy();
    expect((await say(signed('echo'))).status).toBe(200);
  });

  test('garbage is hung up on, and the endpoint goes on', async () => {
    const socket = connectSocket(local.gateway.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc]));
    socket.resume();
    await closed;
    expect((await say(signed('echo'))).status).toBe(200);
  });

  test('stop ends open connections', async () => {
    const session = connect(local.gateway.endpoint);
    session.on('error', () => undefined);
    await new Promise((resolve) => session.once('connect', resolve));
    await local.stop();
    await expect.poll(() => session.destroyed).toBe(true);
  });
});
