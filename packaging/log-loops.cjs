'use strict';

/**
 * Finds loops in a compiled template: log groups that a function or a delivery stream of the stack writes to, and that are
 * subscribed to something of the stack. What is delivered from there is logged again, delivered again, and costs money for ever.
 * Gives one sentence for each.
 */
function logLoops({ Resources: resources = {} }) {
  const own = ownLogGroups(resources);
  return Object.entries(resources).flatMap(([logicalId, { Type: type, Properties: properties = {} }]) => {
    if (type === 'AWS::Logs::SubscriptionFilter') return loopOfFilter(logicalId, properties, resources, own);
    if (type === 'AWS::Logs::AccountPolicy') return loopsOfPolicy(logicalId, properties, resources, own);
    return [];
  });
}

function loopOfFilter(logicalId, { LogGroupName: name, DestinationArn: destination }, resources, own) {
  const logGroup = nameOf(name, resources);
  if (!refersToStack(destination, resources) || !own.has(logGroup)) return [];
  return [`${logicalId} subscribes the stack's own log group ${logGroup}`];
}

/** A policy covers every log group of the account but those that it names. */
function loopsOfPolicy(logicalId, properties, resources, own) {
  const { PolicyType: type, PolicyDocument: document, SelectionCriteria: criteria } = properties;
  if (type !== 'SUBSCRIPTION_FILTER_POLICY' || !refersToStack(document, resources)) return [];
  const excluded = excludedBy(criteria);
  return [...own]
    .filter((name) => !excluded.has(name))
    .map((name) => `${logicalId} subscribes the stack's own log group ${name}`);
}

function excludedBy(criteria) {
  const match = /^\s*LogGroupName\s+NOT\s+IN\s*(\[.*\])\s*$/is.exec(typeof criteria === 'string' ? criteria : '');
  try {
    return new Set(JSON.parse(match?.[1] ?? '[]'));
  } catch {
    return new Set();
  }
}

/** Names of the log groups that the stack writes to. */
function ownLogGroups(resources) {
  const names = Object.values(resources).flatMap(({ Type: type, Properties: properties = {} }) => {
    if (type === 'AWS::Lambda::Function') {
      const { FunctionName: name, LoggingConfig: { LogGroup: logGroup } = {} } = properties;
      return logGroup === undefined ? [`/aws/lambda/${nameOf(name, resources)}`] : [nameOf(logGroup, resources)];
    }
    return type === 'AWS::KinesisFirehose::DeliveryStream' ? namesIn(properties, resources) : [];
  });
  return new Set(names.filter((name) => name !== undefined));
}

/** Log groups that the destinations of a delivery stream write their errors to. */
function namesIn(value, resources) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'LogGroupName' ? [nameOf(member, resources)] : namesIn(member, resources),
  );
}

/** A name as it is written, or that of the log group that a Ref names; what else CloudFormation resolves, as its JSON. */
function nameOf(value, resources) {
  if (typeof value === 'string' || value === undefined) return value;
  const named = resources[value.Ref]?.Properties?.LogGroupName;
  return typeof named === 'string' ? named : JSON.stringify(named ?? value);
}

/** Whether a value names a resource of the template, by Ref, GetAtt or within a Sub. */
function refersToStack(value, resources) {
  const text = JSON.stringify(value) ?? '';
  return Object.keys(resources).some(
    (logicalId) =>
      text.includes(`"${logicalId}"`) || text.includes(`\${${logicalId}}`) || text.includes(`\${${logicalId}.`),
  );
}

module.exports = { logLoops };
