/** What a security review asks of every resource, whatever the parameters: encryption, TLS, no public access, retention, callers. */
import { type Fault, nodesOf, type Template } from './template.ts';

type Members = Readonly<Record<string, unknown>>;
type Review = (properties: Members, id: string, resources: Template['Resources']) => readonly Fault[];

const REVIEWS: Readonly<Record<string, Review>> = {
  'AWS::S3::Bucket': (properties, id, resources) => [
    ...lacking(properties.BucketEncryption, `${id}: it is not encrypted`),
    ...(['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'] as const)
      .filter((block) => (properties.PublicAccessBlockConfiguration as Members | undefined)?.[block] !== true)
      .map((block) => `${id}: ${block} is not on`),
    ...(hasTlsPolicy('AWS::S3::BucketPolicy', id, resources) ? [] : [`${id}: it can be used without TLS`]),
  ],
  'AWS::SQS::Queue': (properties, id, resources) => [
    ...lacking(given(properties.SqsManagedSseEnabled) ?? properties.KmsMasterKeyId, `${id}: it is not encrypted`),
    ...(hasTlsPolicy('AWS::SQS::QueuePolicy', id, resources) ? [] : [`${id}: it can be used without TLS`]),
  ],
  'AWS::SNS::Topic': (_properties, id, resources) =>
    hasTlsPolicy('AWS::SNS::TopicPolicy', id, resources) ? [] : [`${id}: it can be used without TLS`],
  'AWS::DynamoDB::Table': (properties, id) => [
    ...lacking((properties.SSESpecification as Members | undefined)?.SSEEnabled, `${id}: it is not encrypted`),
    ...lacking(
      (properties.PointInTimeRecoverySpecification as Members | undefined)?.PointInTimeRecoveryEnabled,
      `${id}: it has no point-in-time recovery`,
    ),
    ...lacking((properties.TimeToLiveSpecification as Members | undefined)?.Enabled, `${id}: its items never expire`),
  ],
  'AWS::Kinesis::Stream': ({ StreamEncryption }, id) => lacking(StreamEncryption, `${id}: it is not encrypted`),
  'AWS::Logs::LogGroup': ({ RetentionInDays }, id) => lacking(RetentionInDays, `${id}: it keeps events for ever`),
  'AWS::Lambda::Permission': ({ Principal, SourceArn }, id) =>
    String(Principal).endsWith('.amazonaws.com') ? lacking(SourceArn, `${id}: ${Principal} may call for anybody`) : [],
  'AWS::IAM::Role': ({ AssumeRolePolicyDocument }, id) => trustFaults(AssumeRolePolicyDocument, id),
  'AWS::KMS::Key': ({ EnableKeyRotation }, id) => (EnableKeyRotation === true ? [] : [`${id}: it is never rotated`]),
  'AWS::Lambda::Function': ({ Environment }, id) => secretFaults(Environment, id),
};

export function securityFaults({ Resources }: Template): readonly Fault[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) =>
    Object.hasOwn(REVIEWS, Type) ? (REVIEWS[Type] as Review)(Properties, id, Resources) : [],
  );
}

function lacking(value: unknown, fault: Fault): readonly Fault[] {
  return given(value) === undefined || value === false ? [fault] : [];
}

function given(value: unknown): unknown {
  return (value as { Ref?: unknown } | undefined)?.Ref === 'AWS::NoValue' ? undefined : value;
}

interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: { readonly Service?: unknown } | '*';
  readonly Condition?: { readonly Bool?: Readonly<Record<string, unknown>> };
}

/** A policy of the type that names the resource, and denies what comes without TLS. */
function hasTlsPolicy(type: string, id: string, resources: Template['Resources']): boolean {
  return Object.values(resources).some(({ Type, Properties = {} }) => {
    if (Type !== type || !mentions(Properties, id)) return false;
    const statements = (Properties.PolicyDocument as { Statement: readonly Statement[] }).Statement;
    return statements.some(
      ({ Effect, Condition }) => Effect === 'Deny' && String(Condition?.Bool?.['aws:SecureTransport']) === 'false',
    );
  });
}

function mentions(value: unknown, id: string): boolean {
  for (const { node } of nodesOf(value, '')) if ((node as { Ref?: unknown }).Ref === id) return true;
  return false;
}

/** Lambda takes no role of another account; other services are told for whom they may work. */
function trustFaults(document: unknown, id: string): readonly Fault[] {
  const { Statement: statements = [] } = (document ?? {}) as { Statement?: readonly Statement[] };
  return statements.flatMap(({ Principal, Condition }) => {
    const service = typeof Principal === 'object' ? String(Principal.Service) : '*';
    const isSafe = service === 'lambda.amazonaws.com' || Condition !== undefined;
    return isSafe ? [] : [`${id}: ${service} may assume it for anybody`];
  });
}

/** A secret is named, never held. */
function secretFaults(environment: unknown, id: string): readonly Fault[] {
  const { Variables: variables = {} } = (environment ?? {}) as { Variables?: Members };
  return Object.entries(variables)
    .filter(([name, value]) => /SECRET|PASSWORD|TOKEN|_KEY$/.test(name) && typeof value === 'string')
    .filter(([, value]) => value !== '' && !String(value).startsWith('arn:'))
    .map(([name]) => `${id}: ${name} is in its environment as plain text`);
}
