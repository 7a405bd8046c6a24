import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { Faults } from '../../local/account/contracts.ts';
import { type LocalAccount, startLocal } from '../../local/account/start-local.ts';
import { compileStack } from '../../local/stack/compile.ts';

/** The account with the stack in it, and what tests of the replayer do with it. */
export interface ReplayWorld {
  readonly account: LocalAccount;
  readonly faults: Faults;
  readonly names: StackNames;
  readonly clients: { firehose: FirehoseClient; lambda: LambdaClient };
  /** Chooses the pipeline that the transform runs from now on. */
  deploy(pipeline: string): Promise<void>;
  /** Puts records into the delivery stream of the events. */
  put(records: readonly (string | Uint8Array)[]): Promise<void>;
  /** Invokes the replayer. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer as it came
  replay(command: object): Promise<any>;
  /** Runs the replayer in a process of its own, which can be killed. `timeMs`: how long it is told to have. */
  run(command: object, timeMs?: number): RunningReplayer;
  /** How often each document stands in the lake. */
  lake(prefix?: string): Promise<ReadonlyMap<string, number>>;
  errors(): Promise<readonly string[]>;
  // biome-ignore lint/suspicious/noExplicitAny: documents as they were written
  quarantined(prefix?: string): Promise<readonly any[]>;
  stop(): Promise<void>;
}

interface StackNames {
  readonly stream: string;
  readonly delivery: string;
  readonly queueUrl: string;
  readonly lake: string;
  readonly errorBucket: string;
  readonly quarantine: string;
  readonly transform: string;
  readonly consumer: string;
  readonly decoder: string;
  readonly replayer: string;
}

interface RunningReplayer {
  readonly child: ChildProcess;
  /** Its answer; undefined where it was killed. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer as it came
  readonly answer: Promise<any>;
}

/** Which of a process's requests kills it: the so-manieth, or the first of an operation. It is carried out, but not answered. */
export type Kill = number | string;

/** Runs a command in processes that are killed, one after the other, then to its end. */
export async function runKilled(world: ReplayWorld, command: object, kills: readonly Kill[]) {
  let killed = 0;
  for (const kill of kills) {
    let requests = 0;
    const running = world.run(command);
    world.faults.operation = (_service, operation) => {
      requests += 1;
      if (requests === kill || operation === kill) running.child.kill('SIGKILL');
      return undefined;
    };
    const answer = await running.answer;
    delete world.faults.operation;
    if (answer === undefined) killed += 1;
    // What it began ends; so do its lease and its hold on messages.
    while (!world.account.functions.idle()) await sleep(10);
    await world.account.clock.advance(35_000);
  }
  return { killed, answer: await world.run(command).answer };
}

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

export async function replayWorld(pipeline = 'redact'): Promise<ReplayWorld> {
  const faults: Faults = {};
  const stack = await compileStack({ pipeline, stage: 'local' });
  const account = await startLocal({ template: stack.template, bundles: stack.bundles, faults, limits: false });
  const { endpoint } = account;
  const settings = { endpoint, region: 'us-east-1', credentials: CREDENTIALS };
  const clients = { firehose: new FirehoseClient(settings), lambda: new LambdaClient(settings) };
  const names = namesOf(account);
  const properties = (logicalId: string) =>
    account.template.resources.find((resource) => resource.logicalId === logicalId)!.properties;
  const environmentOf = (logicalId: string) =>
    (properties(logicalId).Environment as { Variables: Record<string, string> }).Variables;

  return {
    account,
    faults,
    names,
    clients,
    async deploy(name) {
      const Variables = { ...environmentOf('FirehoseTransformLambdaFunction'), PIPELINE: name };
      const FunctionName = names.transform;
      await clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    },
    async put(records) {
      for (let at = 0; at < records.length; at += 500) {
        const Records = records
          .slice(at, at + 500)
          .map((record) => ({ Data: typeof record === 'string' ? Buffer.from(record) : record }));
        const command = new PutRecordBatchCommand({ DeliveryStreamName: names.delivery, Records });
        const { FailedPutCount } = await clients.firehose.send(command);
        if (FailedPutCount !== 0) throw new Error(`${FailedPutCount} records were not taken`);
      }
    },
    async replay(command) {
      const result = await account.functions.invoke(names.replayer, JSON.stringify(command));
      if (result.functionError !== undefined) throw new Error(result.payload);
      return JSON.parse(result.payload);
    },
    run(command, timeMs = 600_000) {
      const environment = environmentOf('DeadLetterReplayerLambdaFunction');
      const ahead = account.clock.now() - Date.now();
      const directory = `${stack.bundles}/dead-letter-replayer`;
      const given = [directory, JSON.stringify(command), String(ahead), String(timeMs), names.replayer];
      return runReplayer(given, { ...environment, ...aws(endpoint) });
    },
    async lake(prefix = '') {
      const counts = new Map<string, number>();
      for (const { key } of await account.objects.list(names.lake, prefix)) {
        if (key.startsWith('errors/')) continue;
        for await (const line of linesOf(key, await account.objects.get(names.lake, key)))
          counts.set(line, (counts.get(line) ?? 0) + 1);
      }
      return counts;
    },
    async errors() {
      return (await account.objects.list(names.lake, 'errors/')).map(({ key }) => key);
    },
    async quarantined(prefix = 'records/') {
      const objects = await account.objects.list(names.quarantine, prefix);
      const bodies = await Promise.all(objects.map(({ key }) => account.objects.get(names.quarantine, key)));
      return bodies.map((body) => JSON.parse(body.toString()));
    },
    async stop() {
      for (const client of Object.values(clients)) client.destroy();
      await account.stop();
    },
  };
}

async function* linesOf(key: string, body: Buffer): AsyncGenerator<string> {
  const input = Readable.from([body]);
  const text = key.endsWith('.gz') ? input.pipe(createGunzip()) : input;
  yield* createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY });
}

function namesOf({ template, queues: _ }: LocalAccount): StackNames {
  const property = (logicalId: string, name: string): string =>
    String(template.resources.find((resource) => resource.logicalId === logicalId)!.properties[name]);
  return {
    stream: property('EventStream', 'Name'),
    delivery: property('EventsDelivery', 'DeliveryStreamName'),
    queueUrl: String(template.refs.DeadLetterQueue),
    lake: property('LakeBucket', 'BucketName'),
    errorBucket: property('ErrorBucket', 'BucketName'),
    quarantine: property('QuarantineBucket', 'BucketName'),
    transform: property('FirehoseTransformLambdaFunction', 'FunctionName'),
    consumer: property('StreamConsumerLambdaFunction', 'FunctionName'),
    decoder: property('LogsDecoderLambdaFunction', 'FunctionName'),
    replayer: property('DeadLetterReplayerLambdaFunction', 'FunctionName'),
  };
}

function aws(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
}

/** A process of its own has the account's time told. */
const RUN = `
const [directory, command, ahead, time, functionName] = process.argv.slice(1);
const now = Date.now;
Date.now = () => now() + Number(ahead);
const end = Date.now() + Number(time);
require(directory + '/index.cjs')
  .handler(JSON.parse(command), { functionName, getRemainingTimeInMillis: () => end - Date.now() })
  .then((answer) => process.stdout.write('\\nANSWER ' + JSON.stringify(answer) + '\\n'), (error) => {
    console.error(error);
    process.exitCode = 1;
  });
`;

function runReplayer(given: readonly string[], environment: Record<string, string>): RunningReplayer {
  const child = spawn(process.execPath, ['-e', RUN, ...given], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const answer = new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      const line = said.split('\n').find((each) => each.startsWith('ANSWER '));
      if (line !== undefined) resolve(JSON.parse(line.slice('ANSWER '.length)));
      else if (signal !== null) resolve(undefined);
      else reject(new Error(`The replayer ended with ${code}`));
    });
  });
  return { child, answer };
}
