/** Calls a service of the account as its operator would, without the wire. */
import { Readable } from 'node:stream';
import type { AwsRequest, AwsResponse, AwsService } from './contracts.ts';

type Call = Pick<AwsRequest, 'operation' | 'method' | 'url'> & { readonly input?: object };

/** Rejects with the AwsError that the service answers. */
export async function call(service: AwsService, { input = {}, ...asked }: Call): Promise<AwsResponse> {
  const body = Buffer.from(JSON.stringify(input));
  return service.handle({
    service: service.names[0] ?? '',
    headers: { 'content-type': 'application/json' },
    body: service.streams ? Buffer.alloc(0) : body,
    ...(service.streams && { stream: Readable.from([]) }),
    accessKeyId: 'local',
    ...asked,
  });
}

/** An operation of a JSON protocol: `DeleteStream`. */
export async function callOperation(service: AwsService, operation: string, input: object): Promise<void> {
  await call(service, { operation, method: 'POST', url: '/', input });
}
