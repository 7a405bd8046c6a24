/** The choices of parameters that matter: each value of each of them at least once, and those that meet in one resource. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Choice, ROOT } from './compile.ts';

const ACCOUNT = '123456789012';
const SECRET = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:destination`;

/** What each destination needs, as its file says. */
const DESTINATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  opensearch: { destinationArn: `arn:aws:es:us-east-1:${ACCOUNT}:domain/events`, destinationTable: 'events' },
  'opensearch-serverless': {
    destinationArn: `arn:aws:aoss:us-east-1:${ACCOUNT}:collection/abc`,
    destinationUrl: 'https://abc.us-east-1.aoss.amazonaws.com',
    destinationTable: 'events',
  },
  redshift: {
    destinationUrl: 'jdbc:redshift://cluster.abc.us-east-1.redshift.amazonaws.com:5439/dev',
    destinationSecretArn: SECRET,
    destinationTable: 'events',
  },
  'redshift-serverless': {
    destinationUrl: `jdbc:redshift://group.${ACCOUNT}.us-east-1.redshift-serverless.amazonaws.com:5439/dev`,
    destinationSecretArn: SECRET,
    destinationTable: 'events',
  },
  'http-endpoint': { destinationUrl: 'https://intake.example.com/firehose', destinationSecretArn: SECRET },
  splunk: { destinationUrl: 'https://hec.example.com:8088', destinationSecretArn: SECRET },
  snowflake: {
    destinationUrl: 'https://org-account.snowflakecomputing.com',
    destinationSecretArn: SECRET,
    destinationDatabase: 'EVENTS',
    destinationSchema: 'PUBLIC',
    destinationTable: 'EVENTS',
  },
  iceberg: {
    destinationArn: 'arn:aws:s3:::warehouse',
    destinationDatabase: 'warehouse',
    destinationTable: 'events',
  },
};

/** Everything on at once: what is compiled only when asked for meets itself here. */
const ALL_ON = {
  streamMode: 'on-demand',
  fanOut: 'true',
  autoReplay: 'true',
  accountLogs: 'true',
  logGroups: '/aws/lambda/shop,/app/web',
  encryption: 'customer',
  tracing: 'true',
  maskKmsKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/values`,
  permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/bound`,
  alarmEmail: 'ops@example.com',
  alarmTopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:ops`,
} as const;

/** Each pipeline has a table in resources/lake/. */
function pipelines(): readonly string[] {
  const files = readdirSync(join(ROOT, 'resources/lake'));
  return files.map((file) => file.replace(/\.yml$/, '')).filter((name) => name !== 'logs');
}

export function destinations(): readonly string[] {
  const files = readdirSync(join(ROOT, 'resources/destinations'));
  return files.map((file) => file.replace(/\.yml$/, '')).filter((name) => name !== 'none' && name !== 'role');
}

function withDestination(destination: string): Choice {
  const needs = DESTINATIONS[destination];
  if (needs === undefined)
    throw new Error(`resources/destinations/${destination}.yml has no example of its parameters here`);
  return { params: { destination, ...needs } };
}

/** A few that hold every file of resources/ but the pipelines' and the destinations'. */
export function fewChoices(): readonly Choice[] {
  return [
    {},
    { stage: 'prod', params: { ...ALL_ON, ...withDestination('iceberg').params } },
    { stage: 'local', params: { pipeline: 'redact', source: 'stream' } },
  ];
}

export function allChoices(): readonly Choice[] {
  return [
    ...fewChoices(),
    { stage: 'prod' },
    { params: { source: 'stream', fanOut: 'true', keepData: 'false' } },
    { params: { source: 'stream', encryption: 'customer', streamMode: 'on-demand' } },
    ...pipelines().map((pipeline) => ({ params: { pipeline } })),
    ...destinations().map(withDestination),
    { stage: 'prod', params: { ...ALL_ON, source: 'stream', ...withDestination('opensearch').params } },
  ];
}
