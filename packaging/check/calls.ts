/** Holds functions' roles to what their bundles call: nothing that is missing, nothing that nobody asks for. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, Template } from './template.ts';

/** What an SDK command takes, where it isn't the action of its own name. Batches are of the single action. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GetObject: ['s3:GetObject'],
  HeadObject: ['s3:GetObject'],
  PutObject: ['s3:PutObject'],
  DeleteObject: ['s3:DeleteObject'],
  PutObjectTagging: ['s3:PutObjectTagging'],
  ListObjectsV2: ['s3:ListBucket'],
  GetRecords: ['kinesis:GetRecords'],
  GetShardIterator: ['kinesis:GetShardIterator'],
  ListShards: ['kinesis:ListShards'],
  PutRecords: ['kinesis:PutRecords'],
  PutRecordBatch: ['firehose:PutRecordBatch'],
  SendMessage: ['sqs:SendMessage'],
  SendMessageBatch: ['sqs:SendMessage'],
  ReceiveMessage: ['sqs:ReceiveMessage'],
  DeleteMessage: ['sqs:DeleteMessage'],
  DeleteMessageBatch: ['sqs:DeleteMessage'],
  ChangeMessageVisibility: ['sqs:ChangeMessageVisibility'],
  ChangeMessageVisibilityBatch: ['sqs:ChangeMessageVisibility'],
  GetQueueAttributes: ['sqs:GetQueueAttributes'],
  BatchGetItem: ['dynamodb:BatchGetItem'],
  BatchWriteItem: ['dynamodb:BatchWriteItem'],
  GetItem: ['dynamodb:GetItem'],
  PutItem: ['dynamodb:PutItem'],
  Query: ['dynamodb:Query'],
  UpdateItem: ['dynamodb:UpdateItem'],
  TransactWriteItems: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
  Invoke: ['lambda:InvokeFunction'],
  PutEvents: ['events:PutEvents'],
  GenerateDataKey: ['kms:GenerateDataKey'],
  Decrypt: ['kms:Decrypt'],
};

/**
 * What Lambda itself does with a function's role: its log, its event source mappings, its dead letters, its traces.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
const OF_LAMBDA =
  /^(logs|xray):|^kinesis:(Describe|GetRecords|GetShardIterator|ListShards|SubscribeToShard)|^sqs:(SendMessage|ReceiveMessage|DeleteMessage|GetQueueAttributes)$/;
/** Asked for by Powertools, in the file of the client. */
const OF_CLIENTS: Readonly<Record<string, string>> = {
  'secrets-manager': 'secretsmanager:GetSecretValue',
  ssm: 'ssm:GetParameter',
};
/** Granted for what a pipeline may do, whether the one that is compiled does it or not. */
const OF_PIPELINES = new Set(['kms:Decrypt', 'kms:GenerateDataKey']);
/** Commands of words that a pipeline's definition names and the function does not run. */
const NOT_RUN: Readonly<Record<string, readonly string[]>> = {
  // The consumer's destination is part of the definition.
  'stream-aggregator': ['PutRecordBatch'],
  // Into a stream only where it reads one: see resources/source/stream.yml.
  'firehose-transform': ['PutRecords'],
};

/** The SDK commands that a function's bundle holds, and the actions of its clients. */
function callsOf(folder: string): { readonly commands: readonly string[]; readonly clients: readonly string[] } {
  const code = readFileSync(join(folder, 'index.cjs'), 'utf8');
  const commands = [...code.matchAll(/\b([A-Z][A-Za-z0-9]+)Command\b/g)].map(([, name]) => name as string);
  const clients = Object.keys(OF_CLIENTS).filter((client) => existsSync(join(folder, 'aws', `${client}.cjs`)));
  return { commands: [...new Set(commands)], clients: clients.map((client) => OF_CLIENTS[client] as string) };
}

/** `bundles`: the folder with a folder for each function, freshly built. */
export function callFaults({ Resources }: Template, bundles: string): readonly Fault[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::Lambda::Function') return [];
    const name = bundleOf(id);
    const role = roleOf(Properties?.Role);
    const { commands, clients } = callsOf(join(bundles, name));
    const run = commands.filter((command) => !NOT_RUN[name]?.includes(command));
    const needed = new Set(
      run.flatMap((command) => ACTIONS[command] ?? [`${command}, whose action is not known here`]),
    );
    const granted = new Set(grantedTo(role, Resources));
    const excess = [...granted].filter(
      (action) =>
        !needed.has(action) && !clients.includes(action) && !OF_LAMBDA.test(action) && !OF_PIPELINES.has(action),
    );
    return [
      ...[...needed].filter((action) => !granted.has(action)).map((action) => `${role}: ${name} calls ${action}`),
      // What a command that isn't run takes is a choice of the template.
      ...excess
        .filter((action) => !commands.some((command) => ACTIONS[command]?.includes(action)))
        .map((action) => `${role}: ${name} never calls ${action}`),
    ];
  });
}

/** `FirehoseTransformLambdaFunction` → `firehose-transform` */
function bundleOf(logicalId: string): string {
  const name = logicalId.replace(/LambdaFunction$/, '');
  return name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

function roleOf(role: unknown): string {
  return String((role as { 'Fn::GetAtt'?: readonly unknown[] })?.['Fn::GetAtt']?.[0]);
}

interface Policy {
  readonly Roles?: readonly { readonly Ref?: string }[];
  readonly PolicyDocument?: { readonly Statement: readonly { readonly Action: unknown }[] };
}

/** The actions that a role's own policies allow, and those attached to it. */
export function grantedTo(role: string, resources: Template['Resources']): readonly string[] {
  const inline = (resources[role]?.Properties?.Policies ?? []) as readonly Policy[];
  const attached = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .map(({ Properties }) => Properties as Policy)
    .filter(({ Roles = [] }) => Roles.some(({ Ref }) => Ref === role));
  return [...inline, ...attached].flatMap(({ PolicyDocument }) =>
    (PolicyDocument?.Statement ?? []).flatMap(({ Action }) => [Action].flat().map(String)),
  );
}
