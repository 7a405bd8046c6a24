import { describe, expect, it } from 'vitest';
import { templateFaults } from '../../packaging/check/check.ts';
import { destinations, fewChoices } from '../../packaging/check/combinations.ts';
import { compileTemplate, describeChoice, ROOT } from '../../packaging/check/compile.ts';
import { declaredParameters, parameterFaults } from '../../packaging/check/parameters.ts';
import type { Template } from '../../packaging/check/template.ts';

const [plain = {}, ...others] = fewChoices();
const template = await compileTemplate(plain);

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

  it.each(others.map((choice) => [describeChoice(choice).slice(0, 80), choice] as const))(
    'has no fault with %s',
    async (_name, choice) => {
      expect(templateFaults(await compileTemplate(choice))).toEqual([]);
    },
  );

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
    ['data that nothing protects', 'LedgerTable.DeletionPolicy', undefined, /LedgerTable: says nothing/],
  ])('%s', (_name, path, value, message) => {
    expect(faultsWith(path, value)).toMatch(message);
  });
});
