/** Firehose's roles: each part of a delivery stream's configuration names the one that it is used with. */
import type { Functions, Objects, Streams } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { Access } from './access.ts';
import { functionsAs, objectsAs, streamsAs } from './as-role.ts';

type Members = Readonly<Record<string, unknown>>;

interface Roles {
  /** By bucket. */
  readonly buckets: Map<string, string>;
  /** By function ARN. */
  readonly functions: Map<string, string>;
  readonly schemas: Members[];
  readonly all: Set<string>;
  source: string | undefined;
}

export interface DeliveryServices {
  readonly objects: Objects;
  readonly functions: Functions;
  readonly streams: Streams;
}

export interface DeliveryRolesOptions extends DeliveryServices {
  readonly access: Access;
  readonly accountId: string;
  readonly region: string;
}

/** The services as a delivery stream may use them. Throws InvalidArgumentException for a role that can't be used at all. */
export function deliveryServices(request: Members, options: DeliveryRolesOptions): DeliveryServices {
  const { access, accountId } = options;
  const roles = readRoles(request);
  for (const role of roles.all) {
    if (access.trusts(role, 'firehose.amazonaws.com', { 'sts:ExternalId': accountId })) continue;
    throw invalid(`Firehose is unable to assume role ${role}. Please check the role provided.`);
  }
  for (const schema of roles.schemas) assertReadsSchema(schema, options);
  return {
    objects: objectsAs(access, (bucket) => roles.buckets.get(bucket), options.objects),
    functions: functionsAs(access, (name) => roles.functions.get(options.functions.arnOf(name)), options.functions),
    streams: roles.source === undefined ? options.streams : streamsAs(access, roles.source, options.streams),
  };
}

function readRoles(request: Members): Roles {
  const roles: Roles = { buckets: new Map(), functions: new Map(), schemas: [], all: new Set(), source: undefined };
  collect(request, undefined, roles);
  return roles;
}

/** `above`: the role of the configuration that encloses this part of it. */
function collect(value: unknown, above: string | undefined, roles: Roles): void {
  if (Array.isArray(value)) for (const item of value) collect(item, above, roles);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const members = value as Members;
  const role = typeof members.RoleARN === 'string' ? members.RoleARN : above;
  if (typeof members.RoleARN === 'string') roles.all.add(members.RoleARN);
  if (typeof members.BucketARN === 'string' && role !== undefined) {
    roles.buckets.set(members.BucketARN.slice(members.BucketARN.lastIndexOf(':') + 1), role);
  }
  if (typeof members.KinesisStreamARN === 'string') roles.source = role;
  if (typeof members.DatabaseName === 'string' && members.TableName !== undefined) roles.schemas.push(members);
  if (members.Type === 'Lambda') addProcessor(members, role, roles);
  for (const inner of Object.values(members)) collect(inner, role, roles);
}

function addProcessor(processor: Members, role: string | undefined, roles: Roles): void {
  const parameters = (processor.Parameters ?? []) as readonly { ParameterName?: string; ParameterValue?: string }[];
  const parameter = (name: string): string | undefined =>
    parameters.find(({ ParameterName }) => ParameterName === name)?.ParameterValue;
  const used = parameter('RoleArn') ?? role;
  const functionArn = parameter('LambdaArn');
  if (used !== undefined && functionArn !== undefined) roles.functions.set(withoutVersion(functionArn), used);
}

/** `arn:…:function:name:version` → `arn:…:function:name` */
function withoutVersion(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

/** https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-glue */
function assertReadsSchema(schema: Members, { access, accountId, region }: DeliveryRolesOptions): void {
  const { RoleARN: role, DatabaseName: database, TableName: table } = schema;
  if (typeof role !== 'string') return;
  const arn = (resource: string): string => `arn:aws:glue:${region}:${accountId}:${resource}`;
  const resources = [arn('catalog'), arn(`database/${database}`), arn(`table/${database}/${table}`)];
  for (const action of ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions']) {
    for (const resource of resources) {
      if (access.may(role, { action, resource })) continue;
      throw invalid(
        `Access was denied when calling Glue (${action} on ${resource}). Please ensure that the role specified in the data format conversion configuration has the necessary permissions.`,
      );
    }
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidArgumentException', message);
}
