'use strict';

/**
 * A subscription filter for each log group of the parameter `logGroups` (existing ones, with commas between them), and the
 * account-level policy of `accountLogs`. In JavaScript, since YAML can't repeat a resource.
 */
module.exports = async ({ resolveVariable }) => {
  const name = await resolveVariable('self:custom.name');
  const groups = String(await resolveVariable('param:logGroups'))
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
  const own = String(await resolveVariable('param:logGroup'));
  const whole = String(await resolveVariable('param:accountLogs')) === 'true';
  const resources = {};
  for (const [index, group] of groups.entries()) Object.assign(resources, subscription(group, index + 1));
  if (whole) Object.assign(resources, accountPolicy(name, own));
  return { Resources: resources };
};

const DECODER = { 'Fn::GetAtt': ['LogsDecoderLambdaFunction', 'Arn'] };

function permission(group) {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: DECODER,
      Action: 'lambda:InvokeFunction',
      Principal: 'logs.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: {
        'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${group}`,
      },
    },
  };
}

function subscription(group, number) {
  return {
    [`LogGroup${number}MayInvokeDecoder`]: permission(`${group}:*`),
    [`LogGroup${number}Subscription`]: {
      Type: 'AWS::Logs::SubscriptionFilter',
      DependsOn: `LogGroup${number}MayInvokeDecoder`,
      Properties: { LogGroupName: group, FilterPattern: '', DestinationArn: DECODER },
    },
  };
}

/** Every log group of the account but those that this stack writes to, or subscribes by itself: a loop costs money. */
function accountPolicy(name, own) {
  const functions = ['firehoseTransform', 'streamConsumer', 'streamAggregator', 'logsDecoder', 'deadLetterReplayer'];
  const excluded = [...functions.map((each) => `/aws/lambda/${name}-${each}`), `/aws/kinesisfirehose/${name}`, own];
  return {
    AccountLogsMayInvokeDecoder: permission('*'),
    AccountLogsPolicy: {
      Type: 'AWS::Logs::AccountPolicy',
      DependsOn: 'AccountLogsMayInvokeDecoder',
      Properties: {
        PolicyName: `${name}-logs`,
        PolicyType: 'SUBSCRIPTION_FILTER_POLICY',
        Scope: 'ALL',
        SelectionCriteria: `LogGroupName NOT IN ${JSON.stringify(excluded)}`,
        PolicyDocument: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
          'Fn::Sub': '{"DestinationArn":"${LogsDecoderLambdaFunction.Arn}","FilterPattern":"","Distribution":"Random"}',
        },
      },
    },
  };
}
