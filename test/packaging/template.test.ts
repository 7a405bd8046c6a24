import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../local/iam/access.ts';
import { createPolicies } from '../../local/iam/policies.ts';
import type { RawTemplate } from '../../local/template/raw.ts';
import { resolveTemplate } from '../../local/template/read.ts';
import { callFaults } from '../../packaging/check/calls.ts';
import { templateFaults } from '../../packaging/check/check.ts';
import { destinations, fewChoices } from '../../packaging/check/combinations.ts';
import { compileTemplate, describeChoice, ROOT } from '../../packaging/check/compile.ts';
import { declaredParameters, parameterFaults } from '../../packaging/check/parameters.ts';
import type { Template } from '../../packaging/check/template.ts';

const { settingsOf } = createRequire(import.meta.url)('../../packaging/pipeline-settings.cjs') as {
  settingsOf(source: string): readonly string[];
};

type Choose = (given: { resolveVariable: () => Promise<unknown> }) => Promise<string>;
const chooser = createRequire(import.meta.url)('../../packaging/choices.cjs') as Record<
  'pipeline' | 'destination' | 'fanOut',
  Choose
>;
const Packaging = createRequire(import.meta.url)('../../packaging/serverless-plugin.cjs') as new (
  serverless: object,
) => { checkPipelines(): void; checkDestination(): void };

interface Policy {
  readonly PolicyDocument: { readonly Statement: { Sid: string; Action: string[] }[] };
}

const choices = fewChoices();
const templates = await Promise.all(choices.map(compileTemplate));
const [template, everything, small] = templates as [Template, Template, Template];

/** Sets what a path leads to, `EventStream.Properties.ShardCount`; undefined takes it away. */
function faultsWith(path: string, value: unknown): string {
  const copy = structuredClone(template.Resources) as Record<string, unknown>;
  const steps = path.split('.');
  const last = steps.pop() as string;
  const at = steps.reduce<Record<string, unknown>>((inner, step) => inner[step] as Record<string, unknown>, copy);
  if (value === undefined) delete at[last];
  else at[last] = value;
  return templateFaults({ ...template, Resources: copy } as Template).join('\n');
}

describe('the compiled template', () => {
  it('has no fault with the defaults', () => {
    expect(templateFaults(template)).toEqual([]);
  });

  it.each(
    choices.slice(1).map((choice, index) => [describeChoice(choice).slice(0, 80), templates[index + 1]] as const),
  )('has no fault with %s', (_name, chosen) => {
    expect(templateFaults(chosen as Template)).toEqual([]);
  });

  it('keeps what holds data, and its keys, but not from the deployment that first made it', () => {
    const kept = Object.entries(everything.Resources).filter(
      ([, { DeletionPolicy: policy = 'Delete' }]) => policy !== 'Delete',
    );
    expect(kept.map(([id]) => id).sort()).toEqual([
      'DataKey',
      'ErrorBucket',
      'LakeBucket',
      'LedgerTable',
      'MaskKey',
      'QuarantineBucket',
      'QueryResultsBucket',
      'ReferenceBucket',
      'WindowsTable',
    ]);
    for (const [, { DeletionPolicy, UpdateReplacePolicy }] of kept) {
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
  });

  it('compiles nothing that is not asked for', () => {
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    expect(types).not.toContain('AWS::KMS::Key');
    expect(types).not.toContain('AWS::Kinesis::StreamConsumer');
    expect(types).not.toContain('AWS::Logs::AccountPolicy');
    expect(Object.keys(template.Resources)).not.toContain('DestinationDelivery');
  });

  it('reads the stream by fan-out where that is asked for', async () => {
    const { Resources } = await compileTemplate({ params: { fanOut: 'true' } });
    expect(Resources.StreamConsumerEventSourceMappingKinesisEventStream?.Properties?.EventSourceArn).toEqual({
      'Fn::GetAtt': ['FanOutConsumer', 'ConsumerARN'],
    });
  });

  it('is refused when a destination lacks what it needs', async () => {
    await expect(compileTemplate({ params: { destination: 'splunk' } })).rejects.toThrow(
      /The destination needs --param=destinationUrl=… --param=destinationSecretArn=…/,
    );
  });

  it.each([
    ['destinationUrl', { destinationUrl: 'http://hec.example.com' }],
    ['destinationSecretArn', { destinationUrl: 'https://hec.example.com', destinationSecretArn: 'hec-token' }],
  ])('is refused when what a destination needs does not look like it: %s', (name, given) => {
    const shapes = { destinationUrl: '^https://', destinationSecretArn: '^arn:[^:]+:secretsmanager:' };
    const needs = { destinationSecretArn: 'arn:aws:secretsmanager:a', ...given };
    const service = { custom: { destination: { needs, shapes } } };
    expect(() => new Packaging({ service, classes: { Error } }).checkDestination()).toThrow(`--param=${name}=`);
  });

  it('has every destination that the documentation names', () => {
    expect([...destinations()].sort()).toEqual([
      'http-endpoint',
      'iceberg',
      'opensearch',
      'opensearch-serverless',
      'redshift',
      'redshift-serverless',
      'snowflake',
      'splunk',
    ]);
  });
});

describe('the parameters', () => {
  it('are used, and documented', () => {
    expect(parameterFaults(ROOT)).toEqual([]);
    expect(declaredParameters(ROOT)).toContain('pipeline');
  });
});

/** What a role may do, as IAM weighs it. */
function accessOf({ Resources }: Template) {
  const place = { accountId: '123456789012', region: 'us-east-1' };
  const stack = resolveTemplate({ ...everything, Resources } as RawTemplate, {
    ...place,
    stackName: 'sluice-prod',
    endpoint: 'http://localhost',
  });
  const policies = createPolicies({ ...place, functionArn: (name) => name });
  const bound = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
  const boundary = 'arn:aws:iam::123456789012:policy/bound';
  policies.add({ logicalId: 'B', type: 'AWS::IAM::ManagedPolicy', properties: { PolicyDocument: bound } }, boundary);
  for (const resource of stack.resources) policies.add(resource, stack.refs[resource.logicalId] as string);
  return createAccess(policies, place.accountId);
}

describe('the roles', () => {
  const bundles = join(ROOT, 'dist');

  it('allow what the bundles call, and nothing that they never call', () => {
    for (const each of templates) expect(callFaults(each, bundles)).toEqual([]);
  });

  it('are told when an action is missing, or is asked for by nobody', () => {
    const role = structuredClone(template.Resources.StreamConsumerRole) as unknown as {
      Properties: { Policies: Policy[] };
    };
    const statements = role.Properties.Policies[0]?.PolicyDocument.Statement ?? [];
    for (const statement of statements) {
      if (statement.Sid === 'Deliver') statement.Action = ['firehose:PutRecord'];
      if (statement.Sid === 'TellDuplicates')
        statement.Action = ['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Scan'];
    }
    const changed = {
      ...template,
      Resources: { ...template.Resources, StreamConsumerRole: role },
    } as unknown as Template;
    expect(callFaults(changed, bundles)).toEqual([
      'StreamConsumerRole: stream-consumer calls firehose:PutRecordBatch',
      'StreamConsumerRole: stream-consumer never calls firehose:PutRecord',
      'StreamConsumerRole: stream-consumer never calls dynamodb:Scan',
    ]);
  });

  it('are bound where that is asked for', () => {
    const roles = (of: Template) => Object.values(of.Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
    expect(roles(everything)).toHaveLength(7);
    for (const role of roles(everything)) {
      expect(JSON.stringify(role.Properties?.PermissionsBoundary)).toContain('arn:aws:iam::123456789012:policy/bound');
    }
  });

  it('make data keys of the pipelines’ own key, for the pipelines, and open none', () => {
    const access = accessOf(everything);
    const may = (role: string, action: string, pipeline: string) =>
      access.decide(`arn:aws:iam::123456789012:role/sluice-prod-${role}-us-east-1`, {
        action,
        resource: 'arn:aws:kms:us-east-1:123456789012:key/values',
        context: { 'kms:EncryptionContext:pipeline': pipeline },
      });
    for (const role of ['firehoseTransform', 'streamConsumer', 'streamAggregator', 'logsDecoder']) {
      expect(may(role, 'kms:GenerateDataKey', 'clickstream')).toBe('allowed');
      expect(may(role, 'kms:GenerateDataKey', 'application-logs')).toBe('allowed');
      expect(may(role, 'kms:GenerateDataKey', 'another')).toBe('implicit-deny');
      expect(may(role, 'kms:Decrypt', 'clickstream')).toBe('implicit-deny');
    }
    expect(may('deadLetterReplayer', 'kms:GenerateDataKey', 'clickstream')).toBe('implicit-deny');
  });

  it('use the key of data at rest through the services that hold data alone', () => {
    const access = accessOf(everything);
    const key = (everything.Resources.DataKey && 'kms:Decrypt') as string;
    const DataKey = resolveTemplate(everything as RawTemplate, {
      accountId: '123456789012',
      region: 'us-east-1',
      stackName: 'sluice-prod',
      endpoint: 'http://localhost',
    }).refs.DataKey;
    const may = (service: string) =>
      access.decide('arn:aws:iam::123456789012:role/sluice-prod-streamConsumer-us-east-1', {
        action: key,
        resource: `arn:aws:kms:us-east-1:123456789012:key/${DataKey}`,
        context: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` },
      });
    expect(may('kinesis')).toBe('allowed');
    expect(may('ec2')).toBe('implicit-deny');
  });

  it('say why, wherever a resource is everything', () => {
    for (const file of globSync('resources/**/*.yml', { cwd: ROOT })) {
      const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
      lines.forEach((line, index) => {
        if (/^\s*Resource: ['"]?\*/.test(line)) expect(lines[index - 1], `${file}:${index + 1}`).toMatch(/^\s*# \S/);
      });
    }
  });
});

describe('a pipeline’s keys', () => {
  it('are told by its source', () => {
    const source = `
      // secret('NOT_THIS')
      mask('a', pseudonym({ key: secret('MASK_KEY') })),
      mask('b', encrypt({ key: kmsKey("MASK_KMS_KEY") })), mask('c', pseudonym({ key: secret('MASK_KEY') })),`;
    expect(settingsOf(source)).toEqual(['MASK_KEY', 'MASK_KMS_KEY']);
  });

  it('are refused where the functions would not have them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
    mkdirSync(join(folder, 'pipelines'));
    writeFileSync(join(folder, 'pipelines', 'own.ts'), "encrypt({ key: kmsKey('MASK_KMS_KEY') })");
    const check = (environment: object) =>
      new Packaging({
        serviceDir: folder,
        service: {
          functions: { firehoseTransform: { environment }, deadLetterReplayer: { environment: { PIPELINE: 'gone' } } },
        },
        classes: { Error },
      }).checkPipelines();
    const keys = { MASK_KEY: { Ref: 'MaskKey' }, MASK_KMS_KEY: '' };
    expect(() => check({ PIPELINE: 'own', ...keys })).toThrow(
      'pipelines/own.ts asks firehoseTransform for MASK_KMS_KEY, which is not set. Give it --param=maskKmsKeyArn=….',
    );
    expect(() => check({ PIPELINE: 'other', ...keys })).toThrow('There is no pipeline pipelines/other.ts.');
    expect(check({ PIPELINE: 'own', ...keys, MASK_KMS_KEY: 'arn:aws:kms:us-east-1:1:key/a' })).toBeUndefined();
    rmSync(folder, { recursive: true });
  });
});

describe('a choice', () => {
  it('that there is none of is named, with those there are', async () => {
    const resolveVariable = async () => 'clickstraem';
    await expect(chooser.pipeline({ resolveVariable })).rejects.toThrow(
      '--param=pipeline=clickstraem: there is no such choice. Known: access-logs, application-logs, clickstream, redact, telemetry',
    );
    await expect(chooser.destination({ resolveVariable: async () => 'role' })).rejects.toThrow(
      /Known: http-endpoint, /,
    );
    await expect(chooser.fanOut({ resolveVariable: async () => true })).resolves.toBe('true');
  });
});

describe('the alarms', () => {
  const index = readFileSync(join(ROOT, 'docs/runbooks/README.md'), 'utf8');
  const alarms = [
    ...new Map([template, everything, small].flatMap(({ Resources }) => Object.entries(Resources))),
  ].filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');

  it('each name the runbook that the index has them under, and tell somebody', () => {
    expect(alarms.length).toBeGreaterThan(20);
    for (const [id, { Properties = {} }] of alarms) {
      const [, runbook] = /See docs\/runbooks\/([\w-]+\.md)\.$/.exec(String(Properties.AlarmDescription)) ?? [];
      expect(existsSync(join(ROOT, 'docs/runbooks', String(runbook))), id).toBe(true);
      const name = String(Properties.AlarmName).replace(/^sluice-\w+-/, '');
      const row = index.split('\n').find((line) => line.includes(`](${runbook})`) && line.startsWith('|')) ?? '';
      const named =
        row
          .split('|')[1]
          ?.split(',')
          .map((each) => each.trim().replace(/^\*/, '')) ?? [];
      expect(
        named.some((each) => name.endsWith(each)),
        `${name} in ${row}`,
      ).toBe(true);
      expect(Properties.AlarmActions, id).toHaveLength(1);
    }
  });

  it('are about what can go wrong', () => {
    const names = alarms.map(([id]) => id);
    for (const wanted of [
      'ConsumerFallsBehind',
      'ConsumerErrors',
      'ConsumerThrottled',
      'DeadLettersWaiting',
      'EventsDeliveredLate',
      'TransformFailsRecords',
      'ErrorObjects',
      'DeadLettersQuarantined',
      'CircuitOpen',
      'StreamNearItsLimit',
      'DestinationFails',
    ]) {
      expect(names).toContain(wanted);
    }
  });
});

const STATEMENT = 'StreamConsumerRole.Properties.Policies.0.PolicyDocument.Statement.0';
const DASHBOARD = { widgets: [{ properties: { metrics: [[{ expression: 'SELECT SUM(RecordsFine) FROM Sluice' }]] } }] };

describe('the check finds', () => {
  it.each<[string, string, unknown, RegExp]>([
    ['a property misspelt', 'EventStream.Properties.ShardCnt', 1, /EventStream: there is no property ShardCnt/],
    ['a value of another type', 'EventStream.Properties.ShardCount', 'two', /ShardCount: must be of type integer/],
    ['a value not allowed', 'EventStream.Properties.StreamModeDetails.StreamMode', 'FREE', /FREE is none of/],
    [
      'what is missing',
      'LogsDelivery.Properties.ExtendedS3DestinationConfiguration.BucketARN',
      undefined,
      /BucketARN is required/,
    ],
    [
      'a fault deep down',
      'LakeBucket.Properties.LifecycleConfiguration.Rules.0.Stat',
      1,
      /Rules\[0\]: there is no property Stat/,
    ],
    ['a type that does not exist', 'EventStream.Type', 'AWS::Kinesis::River', /no type AWS::Kinesis::River/],
    ['a Ref that leads nowhere', 'MaskKey.Properties.Description', { Ref: 'Gone' }, /there is no Gone/],
    [
      'an attribute that does not exist',
      'MaskKey.Properties.Description',
      { 'Fn::GetAtt': ['EventStream', 'Url'] },
      /no attribute Url/,
    ],
    [
      'a substitution that leads nowhere',
      'MaskKey.Properties.Description',
      { 'Fn::Sub': `$\{Gone.Arn}` },
      /there is no Gone/,
    ],
    ['a circle', 'MaskKey.DependsOn', 'FirehoseTransformLambdaFunction', /circular dependency/],
    ['an action that does not exist', `${STATEMENT}.Action`, ['sqs:SendMessages'], /sqs:SendMessages is not an action/],
    ['an action that allows too much', `${STATEMENT}.Action`, ['s3:*'], /s3:\* allows more than it names/],
    ['a resource that is everything', `${STATEMENT}.Resource`, ['*'], /Resource is \*/],
    [
      'an alarm of no metric of AWS',
      'ConsumerErrors.Properties.MetricName',
      'Erors',
      /nobody sends Erors to AWS\/Lambda/,
    ],
    [
      'an alarm of no metric of the code',
      'CircuitOpen.Properties.Metrics.0.Expression',
      'SELECT SUM(Opened) FROM Sluice',
      /nobody sends Opened to Sluice/,
    ],
    [
      'a graph of no metric',
      'Dashboard.Properties.DashboardBody',
      JSON.stringify(DASHBOARD),
      /nobody sends RecordsFine to Sluice/,
    ],
    [
      'a policy for data that does not exist',
      'MaskKey.DeletionPolicy',
      'Keep',
      /MaskKey: there is no DeletionPolicy Keep/,
    ],
    [
      'a buffer that is too large',
      'LogsDelivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints.SizeInMBs',
      256,
      /256 is not from 1 to 128/,
    ],
    [
      'a buffer that is too small for Parquet',
      'EventsDelivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints.SizeInMBs',
      5,
      /5 is not from 64 to 128/,
    ],
    [
      'an error prefix that tells nothing',
      'LogsDelivery.Properties.ExtendedS3DestinationConfiguration.ErrorOutputPrefix',
      'errors/',
      /must hold !\{firehose:error-output-type\}/,
    ],
    [
      'partitions that no key makes',
      'EventsDelivery.Properties.ExtendedS3DestinationConfiguration.Prefix',
      'clickstream/',
      /Prefix and DynamicPartitioning/,
    ],
    ['two destinations', 'LogsDelivery.Properties.SplunkDestinationConfiguration', {}, /it has 2 destinations/],
    [
      'a source without its type',
      'LogsDelivery.Properties.DeliveryStreamType',
      'KinesisStreamAsSource',
      /say different things/,
    ],
    [
      'a bucket that may be public',
      'LakeBucket.Properties.PublicAccessBlockConfiguration.BlockPublicAcls',
      false,
      /BlockPublicAcls is not on/,
    ],
    [
      'a bucket without encryption',
      'LakeBucket.Properties.BucketEncryption',
      undefined,
      /LakeBucket: it is not encrypted/,
    ],
    [
      'a bucket without TLS',
      'LakeBucketPolicy.Properties.PolicyDocument.Statement',
      [],
      /LakeBucket: it can be used without TLS/,
    ],
    [
      'a queue without TLS',
      'DeadLetterQueuesPolicy.Properties.Queues',
      [{ Ref: 'DeadLetterQueue' }],
      /UnreplayableQueue: it can be used without TLS/,
    ],
    [
      'a table that can’t be restored',
      'DedupeTable.Properties.PointInTimeRecoverySpecification',
      undefined,
      /DedupeTable: it has no point-in-time recovery/,
    ],
    [
      'a log that is kept for ever',
      'DeliveryLogGroup.Properties.RetentionInDays',
      undefined,
      /DeliveryLogGroup: it keeps events for ever/,
    ],
    [
      'a caller for anybody',
      'LogsMayInvokeDecoder.Properties.SourceArn',
      undefined,
      /logs\.amazonaws\.com may call for anybody/,
    ],
    [
      'a role for anybody',
      'DeliveryRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition',
      undefined,
      /firehose\.amazonaws\.com may assume it for anybody/,
    ],
    [
      'a secret in plain sight',
      'LogsDecoderLambdaFunction.Properties.Environment.Variables.MASK_KEY',
      'hunter2',
      /MASK_KEY is in its environment as plain text/,
    ],
    [
      'what Firehose’s role lacks',
      'DeliveryPolicy.Properties.PolicyDocument.Statement.0.Action',
      ['s3:PutObject'],
      /DeliveryRole: EventsDelivery takes s3:ListBucket, which it does not allow/,
    ],
    [
      'what Firehose’s role lacks for its schema',
      'DeliveryPolicy.Properties.PolicyDocument.Statement.2.Action',
      ['glue:GetTable'],
      /EventsDelivery takes glue:GetTableVersion, /,
    ],
    ['data that nothing protects', 'LedgerTable.DeletionPolicy', undefined, /LedgerTable: says nothing/],
  ])('%s', (_name, path, value, message) => {
    expect(faultsWith(path, value)).toMatch(message);
  });
});
