/** SSM's Parameter Store. A SecureString is kept encrypted by the account's key, its ARN the encryption context. */
import type { AwsService } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { awsJsonService, type JsonOperation } from '../gateway/json-service.ts';
import { bool, input, integer, list, optional, text } from '../gateway/shape.ts';
import type { KeyStore } from './key-store.ts';

const TYPES = ['String', 'StringList', 'SecureString'] as const;
type ParameterType = (typeof TYPES)[number];

interface Version {
  readonly number: number;
  /** Of a SecureString its ciphertext in base64. */
  readonly value: string;
  readonly type: ParameterType;
  readonly changedAt: number;
}

interface Parameter {
  readonly name: string;
  readonly arn: string;
  readonly versions: Version[];
  description: string | undefined;
  keyId: string | undefined;
}

export interface NewParameter {
  readonly name: string;
  readonly value: string;
  readonly type?: ParameterType;
  readonly overwrite?: boolean;
  readonly description?: string;
  readonly keyId?: string;
}

export interface ParameterStore {
  /** Gives the version made. */
  put(parameter: NewParameter): number;
  arnOf(name: string): string;
  readonly service: AwsService;
}

const name = text({ min: 1, max: 2048 });
const decrypt = { WithDecryption: optional(bool()) };
const readPut = input({
  Name: name,
  Value: text({ min: 1, hidden: true }),
  Type: optional(text<ParameterType>({ values: TYPES })),
  Overwrite: optional(bool()),
  Description: optional(text({ max: 1024 })),
  KeyId: optional(text({ max: 256 })),
  Tier: optional(text({ values: ['Standard', 'Advanced', 'Intelligent-Tiering'] })),
});
const readGet = input({ Name: name, ...decrypt });
const readGetMany = input({ Names: list(name, { min: 1, max: 10 }), ...decrypt });
const readByPath = input({
  Path: name,
  Recursive: optional(bool()),
  ...decrypt,
  MaxResults: optional(integer({ min: 1, max: 10 })),
  NextToken: optional(text()),
});
const readName = input({ Name: name });
const readDeleteMany = input({ Names: list(name, { min: 1, max: 10 }) });
const LARGEST_VALUE = 8192;

interface Options {
  readonly accountId: string;
  readonly region: string;
  readonly keys: KeyStore;
  now(): number;
}

export function createParameterStore(options: Options): ParameterStore {
  const parameters = new Map<string, Parameter>();
  const arnOf = (of: string): string =>
    `arn:aws:ssm:${options.region}:${options.accountId}:parameter/${of.replace(/^\//, '')}`;

  function put(wanted: NewParameter): number {
    const existing = parameters.get(wanted.name);
    checkNew(wanted, existing !== undefined);
    const type = wanted.type ?? existing?.versions[existing.versions.length - 1]?.type ?? 'String';
    const parameter = existing ?? {
      name: wanted.name,
      arn: arnOf(wanted.name),
      versions: [],
      description: undefined,
      keyId: undefined,
    };
    if (wanted.description !== undefined) parameter.description = wanted.description;
    parameter.keyId = type === 'SecureString' ? (wanted.keyId ?? parameter.keyId ?? 'alias/aws/ssm') : undefined;
    const number = (parameter.versions[parameter.versions.length - 1]?.number ?? 0) + 1;
    parameter.versions.push({
      number,
      value: sealed(options.keys, parameter, wanted.value),
      type,
      changedAt: options.now(),
    });
    if (parameter.versions.length > 100) parameter.versions.shift();
    parameters.set(wanted.name, parameter);
    return number;
  }

  const show = (reference: string, withDecryption: boolean | undefined): object => {
    const { parameter, version, selector } = select(parameters, reference);
    return shown(options.keys, parameter, version, withDecryption === true, selector);
  };

  return {
    put,
    arnOf,
    service: awsJsonService({
      names: ['ssm'],
      targetPrefix: 'AmazonSSM',
      version: '1.1',
      operations: {
        PutParameter(raw) {
          const request = readPut(raw);
          const given = {
            name: request.Name,
            value: request.Value,
            ...(request.Type === undefined ? {} : { type: request.Type }),
            ...(request.Overwrite === undefined ? {} : { overwrite: request.Overwrite }),
            ...(request.Description === undefined ? {} : { description: request.Description }),
            ...(request.KeyId === undefined ? {} : { keyId: request.KeyId }),
          };
          if (!parameters.has(request.Name) && request.Type === undefined) {
            throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
          }
          return { Version: put(given), Tier: 'Standard' };
        },
        GetParameter(raw) {
          const request = readGet(raw);
          return { Parameter: show(request.Name, request.WithDecryption) };
        },
        GetParameters(raw) {
          const request = readGetMany(raw);
          const found = request.Names.filter((each) => exists(parameters, each));
          const missing = request.Names.filter((each) => !found.includes(each));
          return { Parameters: found.map((each) => show(each, request.WithDecryption)), InvalidParameters: missing };
        },
        ...pathOperations(parameters, options.keys),
        ...removeOperations(parameters),
      },
    }),
  };
}

type Parameters = Map<string, Parameter>;

function pathOperations(parameters: Parameters, keys: KeyStore): Record<string, JsonOperation> {
  return {
    GetParametersByPath(raw) {
      const request = readByPath(raw);
      if (!request.Path.startsWith('/'))
        throw new AwsError('ValidationException', 'The parameter path must begin with a slash.');
      const root = request.Path.endsWith('/') ? request.Path : `${request.Path}/`;
      const within = [...parameters.values()].filter(
        (each) =>
          each.name.startsWith(root) && (request.Recursive === true || !each.name.slice(root.length).includes('/')),
      );
      const all = within
        .filter((each) => each.name > (request.NextToken ?? ''))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = all.slice(0, request.MaxResults ?? 10);
      const shownPage = page.map((each) =>
        shown(
          keys,
          each,
          each.versions[each.versions.length - 1] as Version,
          request.WithDecryption === true,
          undefined,
        ),
      );
      return { Parameters: shownPage, ...(page.length < all.length ? { NextToken: page[page.length - 1]?.name } : {}) };
    },
    DescribeParameters: () => ({
      Parameters: [...parameters.values()].map((each) => {
        const version = each.versions[each.versions.length - 1] as Version;
        const common = {
          Name: each.name,
          ARN: each.arn,
          Type: version.type,
          Version: version.number,
          Tier: 'Standard',
        };
        return {
          ...common,
          Description: each.description,
          KeyId: each.keyId,
          LastModifiedDate: version.changedAt / 1000,
          DataType: 'text',
        };
      }),
    }),
  };
}

function removeOperations(parameters: Parameters): Record<string, JsonOperation> {
  return {
    DeleteParameter(raw) {
      const { Name } = readName(raw);
      if (!parameters.delete(Name)) throw notFound();
      return {};
    },
    DeleteParameters(raw) {
      const { Names } = readDeleteMany(raw);
      const deleted = Names.filter((each) => parameters.delete(each));
      return { DeletedParameters: deleted, InvalidParameters: Names.filter((each) => !deleted.includes(each)) };
    },
  };
}

function checkNew(wanted: NewParameter, exists: boolean): void {
  if (exists && wanted.overwrite !== true) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(wanted.name) || /^\/?(aws|ssm)/i.test(wanted.name)) {
    throw new AwsError(
      'ValidationException',
      'Parameter name: can’t be prefixed with "aws" or "ssm"; it consists of letters, digits and _ . - /.',
    );
  }
  if (Buffer.byteLength(wanted.value) > LARGEST_VALUE) {
    throw new AwsError('ValidationException', `A parameter's value is at most ${LARGEST_VALUE} bytes.`);
  }
}

function sealed(keys: KeyStore, parameter: Parameter, value: string): string {
  if (parameter.keyId === undefined) return value;
  return keys
    .encrypt(keys.find(parameter.keyId), Buffer.from(value), { PARAMETER_ARN: parameter.arn })
    .toString('base64');
}

/** `name`, `name:3` or an ARN. */
function select(
  parameters: Parameters,
  reference: string,
): { parameter: Parameter; version: Version; selector: string | undefined } {
  const arn = /^arn:[^:]*:ssm:[^:]*:\d*:parameter(\/.*)$/.exec(reference)?.[1];
  const [, own = '', selector] = /^(.*?)(?::([^:]+))?$/.exec(arn ?? reference) ?? [];
  const parameter = parameters.get(own) ?? (arn === undefined ? undefined : parameters.get(own.slice(1)));
  if (parameter === undefined) throw notFound();
  const version =
    selector === undefined
      ? parameter.versions[parameter.versions.length - 1]
      : parameter.versions.find((each) => `${each.number}` === selector);
  if (version === undefined) {
    throw new AwsError('ParameterVersionNotFound', `Systems Manager could not find version ${selector} of ${own}.`);
  }
  return { parameter, version, selector };
}

function exists(parameters: Parameters, reference: string): boolean {
  try {
    select(parameters, reference);
    return true;
  } catch {
    return false;
  }
}

function notFound(): AwsError {
  return new AwsError('ParameterNotFound', 'The parameter could not be found.');
}

function shown(
  keys: KeyStore,
  parameter: Parameter,
  version: Version,
  decrypted: boolean,
  selector: string | undefined,
): object {
  const open = version.type === 'SecureString' && decrypted;
  const value = open
    ? keys.decrypt(Buffer.from(version.value, 'base64'), { PARAMETER_ARN: parameter.arn }).plaintext.toString()
    : version.value;
  return {
    Name: parameter.name,
    ARN: parameter.arn,
    Type: version.type,
    Value: value,
    Version: version.number,
    ...(selector === undefined ? {} : { Selector: `:${selector}` }),
    LastModifiedDate: version.changedAt / 1000,
    DataType: 'text',
  };
}
