/**
 * Holds the roles of delivery streams to what AWS documents for each source, processor and destination.
 * https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
 */
import { grantedTo } from './calls.ts';
import { type Fault, nodesOf, type Template } from './template.ts';

type Members = Readonly<Record<string, unknown>>;

const S3 = [
  's3:AbortMultipartUpload',
  's3:GetBucketLocation',
  's3:GetObject',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:PutObject',
];

/** By a member that a part of the configuration has, the actions that its role takes. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  BucketARN: S3,
  KinesisStreamARN: ['kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'],
  ProcessingConfiguration: ['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'],
  SchemaConfiguration: ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
  CloudWatchLoggingOptions: ['logs:PutLogEvents'],
  SecretARN: ['secretsmanager:GetSecretValue'],
  DomainARN: [
    'es:DescribeDomain',
    'es:DescribeDomainConfig',
    'es:DescribeDomains',
    'es:ESHttpGet',
    'es:ESHttpPost',
    'es:ESHttpPut',
  ],
  CollectionEndpoint: ['aoss:APIAccessAll'],
  CatalogConfiguration: ['glue:GetDatabase', 'glue:GetTable', 'glue:UpdateTable', 's3:DeleteObject', ...S3],
};

export function deliveryRoleFaults({ Resources }: Template): readonly Fault[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::KinesisFirehose::DeliveryStream') return [];
    return [...neededBy(Properties ?? {}, id)].flatMap(([role, needed]) => {
      const granted = new Set(grantedTo(role, Resources));
      return [...needed]
        .filter((action) => !granted.has(action))
        .map((action) => `${role}: ${id} takes ${action}, which it does not allow`);
    });
  });
}

/** Every part is used with its own role, or that of the part around it. */
function neededBy(properties: Members, id: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const parts = [...nodesOf(properties, id)].filter(({ node }) => !Array.isArray(node));
  for (const { node, path } of parts) {
    const around = parts.filter((part) => path === part.path || path.startsWith(`${part.path}.`));
    const role = around.map((part) => roleOf((part.node as Members).RoleARN)).findLast((name) => name !== undefined);
    if (role === undefined) continue;
    const needed = found.get(role) ?? new Set<string>();
    for (const member of Object.keys(node)) for (const action of NEEDED[member] ?? []) needed.add(action);
    found.set(role, needed);
  }
  return found;
}

function roleOf(value: unknown): string | undefined {
  return (value as { 'Fn::GetAtt'?: readonly string[] } | undefined)?.['Fn::GetAtt']?.[0];
}
