import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const { logLoops } = createRequire(import.meta.url)('../../packaging/log-loops.cjs') as {
  logLoops(template: object): readonly string[];
};

const DECODER = { 'Fn::GetAtt': ['LogsDecoderLambdaFunction', 'Arn'] };
const OWN = ['/aws/lambda/sluice-dev-logsDecoder', '/aws/kinesisfirehose/sluice-dev'];

function template(more: object) {
  return {
    Resources: {
      LogsDecoderLambdaFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: { FunctionName: 'sluice-dev-logsDecoder' },
      },
      DeliveryLogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: OWN[1] } },
      LogsDecoderLogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: OWN[0] } },
      LogsDelivery: {
        Type: 'AWS::KinesisFirehose::DeliveryStream',
        Properties: {
          ExtendedS3DestinationConfiguration: {
            CloudWatchLoggingOptions: { LogGroupName: { Ref: 'DeliveryLogGroup' } },
          },
        },
      },
      ...more,
    },
  };
}

function filter(LogGroupName: unknown, DestinationArn: unknown = DECODER) {
  return template({ Filter: { Type: 'AWS::Logs::SubscriptionFilter', Properties: { LogGroupName, DestinationArn } } });
}

function policy(SelectionCriteria: string | undefined) {
  const PolicyDocument = { 'Fn::Sub': `{"DestinationArn":"\${LogsDecoderLambdaFunction.Arn}"}` };
  const Properties = { PolicyType: 'SUBSCRIPTION_FILTER_POLICY', PolicyDocument, SelectionCriteria };
  return template({ Policy: { Type: 'AWS::Logs::AccountPolicy', Properties } });
}

describe('the check for loops of logs', () => {
  it('lets an application be subscribed', () => {
    expect(logLoops(filter('/shop/cart'))).toEqual([]);
  });

  it("refuses to subscribe a function's own log group, by its name or by a Ref", () => {
    expect(logLoops(filter(OWN[0]))).toEqual([`Filter subscribes the stack's own log group ${OWN[0]}`]);
    expect(logLoops(filter({ Ref: 'LogsDecoderLogGroup' }))).toHaveLength(1);
  });

  it('refuses to subscribe what a delivery stream logs', () => {
    expect(logLoops(filter({ Ref: 'DeliveryLogGroup' }))).toHaveLength(1);
  });

  it('lets them be sent to somebody else', () => {
    expect(logLoops(filter(OWN[0], 'arn:aws:lambda:us-east-1:1:function:archive'))).toEqual([]);
  });

  it('refuses a policy for the whole account that does not except them', () => {
    expect(logLoops(policy(undefined))).toHaveLength(2);
    expect(logLoops(policy(`LogGroupName NOT IN ["${OWN[0]}"]`))).toHaveLength(1);
    expect(logLoops(policy(`LogGroupName NOT IN ${JSON.stringify(OWN)}`))).toEqual([]);
  });
});
