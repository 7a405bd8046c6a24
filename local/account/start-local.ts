/**
 * An AWS account in this process: the resources are those of the template that `sls package` compiles, the functions
 * are the built bundles, and unmodified AWS clients talk to it at one endpoint.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepTables } from '../query/catalog.ts';
import { compiledCodeOf, compileStack } from '../stack/compile.ts';
import { readTemplate, resolveTemplate, type Template } from '../template/read.ts';
import { createClock } from './clock.ts';
import type { Clock, Faults } from './contracts.ts';
import { ACCOUNT_ID, createServices, REGION } from './create-services.ts';
import { drainWorkers, type NamedWorker } from './drain.ts';
import { bundleName, provision } from './provision.ts';
import type { Services } from './services.ts';

export interface LocalOptions {
  /** Default: one that runs with the wall clock, and can be pushed ahead. */
  readonly clock?: Clock;
  /** Read at each call: a test changes them while the account runs. */
  readonly faults?: Faults;
  /** Where objects and what doesn't fit in memory are kept. Default: a temporary folder that goes with the account. */
  readonly dataDir?: string;
  /** Default: any port that is free. */
  readonly port?: number;
  /** A compiled template. Default: that of this repository, brought up to date. */
  readonly template?: string;
  /** The folder with a folder for each function. Default: dist/. */
  readonly bundles?: string;
  /** The pipeline that the stack runs; clickstream unless told. */
  readonly pipeline?: string;
  readonly stage?: string;
  /** Nothing in it: no stack is compiled, none is made. */
  readonly empty?: boolean;
  /** Values for the template's parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Whether clients meet the shards' limits; true unless told. */
  readonly limits?: boolean;
  /** How many processes a function may have at once. */
  readonly processes?: number;
}

export interface LocalAccount extends Omit<Services, 'gateway' | 'kinesis' | 'catalog' | 'disk'> {
  /** `http://127.0.0.1:4566`: what AWS_ENDPOINT_URL is to be. */
  readonly endpoint: string;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly dataDir: string;
  readonly streams: Services['kinesis'];
  readonly template: Template;
  /** An error code like ENOSPC, once the data folder could not be written. */
  diskFault(): string | undefined;
  /** Waits until nothing is under way, and what Firehose buffers is delivered. Rejects with a DrainError in the end. */
  drain(options?: { readonly timeoutMs?: number }): Promise<void>;
  stop(): Promise<void>;
}

const DRAIN_MS = 60_000;

export async function startLocal(options: LocalOptions = {}): Promise<LocalAccount> {
  const { clock = createClock(), faults = {} } = options;
  const stack = options.empty ? undefined : await stackOf(options);
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'sluice-'));
  const services = await createServices({ ...options, clock, faults, dataDir });
  const { gateway, kinesis, catalog, disk, ...rest } = services;
  const stop = async (): Promise<void> => {
    await stopServices(services);
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const place = { accountId: ACCOUNT_ID, region: REGION, endpoint: gateway.endpoint };
    const template =
      stack === undefined
        ? resolveTemplate({ Resources: {} }, { ...place, stackName: 'none' })
        : readTemplate(stack.template, {
            ...place,
            stackName: stack.stackName,
            ...(options.parameters !== undefined && { parameters: options.parameters }),
          });
    keepTables(dataDir, template.resources);
    const { bundles = '' } = stack ?? {};
    const compiled = compiledCodeOf(bundles);
    await provision(template.resources, {
      services,
      refs: template.refs,
      code: ({ logicalId }) => ({
        directory: join(bundles, bundleName(logicalId)),
        ...(compiled !== undefined && { compiled }),
      }),
    });
    const drain: LocalAccount['drain'] = ({ timeoutMs = DRAIN_MS } = {}) =>
      drainWorkers(workersOf(services), bufferOf(services), timeoutMs);
    return {
      ...rest,
      endpoint: gateway.endpoint,
      clock,
      faults,
      dataDir,
      streams: kinesis,
      template,
      diskFault: () => disk.fault ?? services.firehose.figures().find(({ diskFault }) => diskFault)?.diskFault,
      drain,
      stop: once(stop),
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function stackOf({ template, bundles, pipeline = 'clickstream', stage = 'local' }: LocalOptions) {
  if (template !== undefined && bundles !== undefined) return { template, bundles, stackName: `sluice-${stage}` };
  const stack = await compileStack({ pipeline, stage });
  return { ...stack, template: template ?? stack.template, bundles: bundles ?? stack.bundles };
}

function workersOf(services: Services): readonly NamedWorker[] {
  return [
    { name: 'event source mappings', worker: services.mappings, hurry: () => services.mappings.flush() },
    { name: 'functions', worker: services.functions },
    { name: 'log subscriptions', worker: services.logs },
    { name: 'notifications', worker: services.notifications },
    { name: 'stacks', worker: services.cloudFormation },
  ];
}

function bufferOf({ firehose }: Services): NamedWorker & { flush(): Promise<void> } {
  return { name: 'delivery streams', worker: firehose, flush: () => firehose.flush() };
}

/** Sources first, so that nothing new begins; the endpoint last, since functions use it to the end. */
async function stopServices(services: Services): Promise<void> {
  const { gateway, kinesis, functions, mappings, firehose, logs, notifications, tables } = services;
  await services.cloudFormation.stop();
  await mappings.stop();
  await logs.stop();
  await notifications.stop();
  await firehose.stop();
  await functions.stop();
  tables.stop();
  kinesis.stop();
  await gateway.stop();
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
