import type { AwsRequest, AwsService } from '../account/contracts.ts';
import { AwsError } from './aws-error.ts';
import { unknownOperation } from './json-service.ts';
import { writeXml, type XmlValue } from './xml.ts';

/** A query parameter's value: text, `X.member.1` lists as arrays, `X.Y` structures as objects. */
type QueryValue = string | readonly QueryValue[] | { readonly [name: string]: QueryValue };
export type QueryInput = { readonly [name: string]: QueryValue };

/** One operation: gives the members of its `…Result` element; `undefined` for an operation without a result. */
type QueryOperation = (
  input: QueryInput,
  request: AwsRequest,
) => Promise<{ readonly [name: string]: XmlValue } | undefined> | { readonly [name: string]: XmlValue } | undefined;

export interface QueryServiceOptions {
  readonly names: readonly string[];
  /** `https://sts.amazonaws.com/doc/2011-06-15/` */
  readonly namespace: string;
  readonly operations: Readonly<Record<string, QueryOperation>>;
  readonly maxBodyBytes?: number;
}

/** A service of the AWS query protocol. Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export function awsQueryService(options: QueryServiceOptions): AwsService {
  const operations = new Map(Object.entries(options.operations));
  return {
    names: options.names,
    protocol: 'query',
    ...(options.maxBodyBytes === undefined ? {} : { maxBodyBytes: options.maxBodyBytes }),
    async handle(request) {
      const name = request.operation ?? '';
      const operation = operations.get(name);
      if (operation === undefined) {
        throw new AwsError('InvalidAction', unknownOperation(request).message);
      }
      const result = await operation(readQuery(request), request);
      const requestId = request.headers['x-amzn-requestid'] ?? '';
      const inner = result === undefined ? '' : writeXml(`${name}Result`, result, 'member');
      const metadata = writeXml('ResponseMetadata', { RequestId: requestId });
      const body = `<${name}Response xmlns="${options.namespace}">${inner}${metadata}</${name}Response>`;
      return { status: 200, headers: { 'content-type': 'text/xml' }, body };
    },
  };
}

/** The parameters of a request, of its body and of its address, nested as their dotted names say. */
function readQuery(request: Pick<AwsRequest, 'url' | 'body'>): QueryInput {
  const root = node();
  const query = request.url.indexOf('?');
  if (query >= 0) addAll(root, request.url.slice(query + 1));
  addAll(root, request.body.toString('utf8'));
  return finish(root) as QueryInput;
}

interface Node {
  text?: string;
  readonly members: Map<string, Node>;
}

const node = (): Node => ({ members: new Map() });
const DEEPEST = 32;

function addAll(root: Node, encoded: string): void {
  for (const [name, text] of new URLSearchParams(encoded)) {
    const path = name.split('.');
    if (path.length > DEEPEST) throw new AwsError('MalformedQueryString', 'A parameter is nested too deep.');
    let at = root;
    for (const part of path) {
      const next = at.members.get(part) ?? node();
      at.members.set(part, next);
      at = next;
    }
    at.text = text;
  }
}

function finish(at: Node): QueryValue {
  if (at.members.size === 0) return at.text ?? '';
  const list = at.members.get('member') ?? at.members.get('entry');
  if (list !== undefined && at.members.size === 1) return inOrder(list);
  if ([...at.members.keys()].every((key) => /^\d+$/.test(key))) return inOrder(at);
  return Object.fromEntries([...at.members].map(([key, child]) => [key, finish(child)]));
}

function inOrder(list: Node): QueryValue[] {
  return [...list.members].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => finish(child));
}

/** The operation a query request asks for. */
export function queryAction(body: Buffer, url: string): string | undefined {
  const inBody = /(?:^|&)Action=([A-Za-z0-9]+)/.exec(body.toString('latin1'))?.[1];
  return inBody ?? /[?&]Action=([A-Za-z0-9]+)/.exec(url)?.[1];
}
