// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's Fn::Sub is written so.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RawTemplate } from '../../../local/template/raw.ts';
import { readTemplate, resolveTemplate, TemplateError } from '../../../local/template/read.ts';
import { temporaryFolder } from '../../factories/temporary-folder.ts';

const OPTIONS = {
  accountId: '000000000000',
  region: 'us-east-1',
  endpoint: 'http://127.0.0.1:4566',
  stackName: 'sluice-dev',
};

function resolve(template: unknown, parameters: Record<string, string> = {}) {
  return resolveTemplate(template as RawTemplate, { ...OPTIONS, parameters });
}

function propertiesOf(template: ReturnType<typeof resolve>, id: string) {
  return template.resources.find(({ logicalId }) => logicalId === id)?.properties;
}

function faultsOf(template: unknown): readonly string[] {
  try {
    resolve(template);
  } catch (error) {
    return (error as TemplateError).faults;
  }
  return [];
}

describe('a compiled template', () => {
  it('resolves references to the names and ARNs of the account', () => {
    const template = resolve({
      Resources: {
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            FunctionName: 'consumer',
            Environment: {
              Variables: {
                STREAM: { Ref: 'Events' },
                STREAM_ARN: { 'Fn::GetAtt': ['Events', 'Arn'] },
                QUEUE: { Ref: 'Dead' },
                QUEUE_ARN: { 'Fn::GetAtt': 'Dead.Arn' },
                WHERE: { 'Fn::Sub': 's3://${Lake}/${!literal}/${AWS::Region}/${Lake.Arn}' },
                JOINED: { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, { Ref: 'AWS::AccountId' }]] },
                PICKED: { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] },
                SUBSTITUTED: { 'Fn::Sub': ['${own}-${Events}', { own: { Ref: 'AWS::StackName' } }] },
              },
            },
          },
        },
        Events: { Type: 'AWS::Kinesis::Stream', Properties: { Name: { 'Fn::Sub': '${AWS::StackName}-events' } } },
        Dead: { Type: 'AWS::SQS::Queue' },
        Lake: { Type: 'AWS::S3::Bucket' },
      },
    });
    const { Variables } = (propertiesOf(template, 'Function') as { Environment: { Variables: object } }).Environment;
    expect(Variables).toEqual({
      STREAM: 'sluice-dev-events',
      STREAM_ARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/sluice-dev-events',
      QUEUE: 'http://127.0.0.1:4566/000000000000/sluice-dev-Dead',
      QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:sluice-dev-Dead',
      WHERE: 's3://sluice-dev-lake/${literal}/us-east-1/arn:aws:s3:::sluice-dev-lake',
      JOINED: 'arn:aws:000000000000',
      PICKED: 'b',
      SUBSTITUTED: 'sluice-dev-sluice-dev-events',
    });
  });

  it('puts what is referred to, or depended on, first', () => {
    const { resources } = resolve({
      Resources: {
        A: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['R', 'Arn'] } }, DependsOn: ['L'] },
        R: { Type: 'AWS::IAM::Role', Properties: { Description: { 'Fn::Sub': 'reads ${B.Arn}' } } },
        B: { Type: 'AWS::S3::Bucket' },
        L: { Type: 'AWS::Logs::LogGroup' },
      },
    });
    expect(resources.map(({ logicalId }) => logicalId)).toEqual(['L', 'B', 'R', 'A']);
  });

  it('takes parameters and conditions, and leaves out what they switch off', () => {
    const source = {
      Parameters: { Mode: { Type: 'String', Default: 'on' }, Shards: { Type: 'Number', Default: 2 } },
      Conditions: {
        Off: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Mode' }, 'on'] }] },
        Both: { 'Fn::And': [{ Condition: 'Off' }, { 'Fn::Equals': [{ Ref: 'Shards' }, '2'] }] },
      },
      Resources: {
        Extra: { Type: 'AWS::S3::Bucket', Condition: 'Off' },
        Events: {
          Type: 'AWS::Kinesis::Stream',
          Properties: {
            ShardCount: { 'Fn::If': ['Both', { Ref: 'AWS::NoValue' }, { Ref: 'Shards' }] },
            Tags: [{ 'Fn::If': ['Off', 'x', { Ref: 'AWS::NoValue' }] }],
          },
        },
      },
      Outputs: { Extra: { Condition: 'Off', Value: { Ref: 'Extra' } }, Stream: { Value: { Ref: 'Events' } } },
    };
    const on = resolve(source);
    expect(on.resources).toHaveLength(1);
    expect(propertiesOf(on, 'Events')).toEqual({ ShardCount: 2, Tags: [] });
    expect(on.outputs).toEqual({ Stream: 'sluice-dev-Events' });
    const off = resolve(source, { Mode: 'off' });
    expect(off.resources).toHaveLength(2);
    expect(propertiesOf(off, 'Events')).toEqual({ Tags: ['x'] });
    expect(off.outputs).toEqual({ Stream: 'sluice-dev-Events', Extra: 'sluice-dev-extra' });
  });

  it('keeps the Condition of an IAM statement', () => {
    const statement = {
      Effect: 'Allow',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    };
    const template = resolve({ Resources: { R: { Type: 'AWS::IAM::Role', Properties: { Policies: [statement] } } } });
    expect(propertiesOf(template, 'R')).toEqual({
      Policies: [{ Effect: 'Allow', Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } }],
    });
  });

  it('reports every wrong reference at once, naming the resource that holds it', () => {
    const faults = faultsOf({
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        F: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            A: { Ref: 'Missing' },
            B: { 'Fn::GetAtt': ['Bucket', 'Url'] },
            C: { 'Fn::Sub': '${Gone.Arn}' },
            D: { Ref: 'Off' },
            E: { 'Fn::ImportValue': 'x' },
            G: { 'Fn::If': ['NoSuch', 1, 2] },
          },
        },
        Bucket: { Type: 'AWS::S3::Bucket' },
        Off: { Type: 'AWS::S3::Bucket', Condition: 'Never' },
      },
    });
    expect(faults).toEqual([
      'F: refers to Missing, which is not in the template',
      'F: Bucket (AWS::S3::Bucket) has no attribute Url',
      'F: refers to Gone, which is not in the template',
      'F: refers to Off, which its condition leaves out',
      'F: Fn::ImportValue is not supported by the local account',
      'F: condition NoSuch is not in the template',
    ]);
  });

  it('reports a circle of references', () => {
    const faults = faultsOf({
      Resources: {
        A: { Type: 'AWS::SQS::Queue', Properties: { Tags: [{ Ref: 'B' }] } },
        B: { Type: 'AWS::SQS::Queue', DependsOn: 'A' },
      },
    });
    expect(faults).toEqual(['A: circular dependency A → B → A']);
  });

  it('warns of a type it does not know, and fails where something refers to it', () => {
    const redshift = { Type: 'AWS::Redshift::Cluster' };
    expect(resolve({ Resources: { Warehouse: redshift } }).warnings).toEqual([
      'Warehouse: the local account has no AWS::Redshift::Cluster, and leaves it out',
    ]);
    expect(
      faultsOf({
        Resources: {
          Warehouse: redshift,
          Q: { Type: 'AWS::SQS::Queue', Properties: { Tags: [{ Ref: 'Warehouse' }] } },
        },
      }),
    ).toEqual(["Q: refers to Warehouse, a AWS::Redshift::Cluster, whose name the local account can't tell"]);
  });

  it('says what to do when the file is missing or cut short', () => {
    const folder = temporaryFolder('template');
    expect(() => readTemplate(join(folder, 'none.json'), OPTIONS)).toThrow(/none\.json.*\n.*ENOENT.*sls package/);
    writeFileSync(join(folder, 'half.json'), '{"Resources": {');
    expect(() => readTemplate(join(folder, 'half.json'), OPTIONS)).toThrow(TemplateError);
    writeFileSync(join(folder, 'empty.json'), '{}');
    expect(() => readTemplate(join(folder, 'empty.json'), OPTIONS)).toThrow(/no Resources/);
  });
});
