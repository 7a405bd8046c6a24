/** Lambda: the functions of the account, invoked from inside it or over the wire. */
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type {
  AsyncFunctions,
  AwsService,
  Clock,
  Faults,
  Functions,
  InvokeResult,
  Objects,
  TemplateResource,
  Worker,
} from '../account/contracts.ts';
import type { Targets } from '../account/targets.ts';
import { createLambdaApi } from './api.ts';
import { type AsyncFigures, createAsyncInvoker, type InvokeConfig } from './asynchronous.ts';
import { defineFunction, type FunctionCode, type InstalledCode, installCode } from './definition.ts';
import { accessKeyOf } from './environment.ts';
import { rejected } from './failures.ts';
import { LAMBDA } from './limits.ts';
import { createRegistry, functionArn } from './registry.ts';
import { createRunner, createTally, type LogLine, refuse } from './runner.ts';

export interface FunctionsOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  /** Where the account listens: AWS_ENDPOINT_URL of every function. Read when a process is started. */
  readonly endpoint: () => string;
  readonly region: string;
  readonly accountId: string;
  /** Where asynchronous events end that fail for good, as the function's role may reach it. */
  readonly targets?: (role: string) => Targets | undefined;
  /** Where CreateFunction and UpdateFunctionCode find packages. */
  readonly objects?: Objects;
  /** How many processes a function may have at once; as many as the machine has cores, from 2 to 4, unless told. */
  readonly processes?: number;
  /** Takes the lines that CloudWatch Logs holds. */
  readonly log?: (line: LogLine) => void;
  /** Answers /2015-03-31/event-source-mappings, which is Lambda's too. */
  readonly eventSourceMappings?: () => AwsService | undefined;
  /** Waits before an asynchronous event is tried again; a minute and two unless told. */
  readonly asyncRetryDelaysMs?: readonly number[];
}

export interface LocalFunctions extends AwsService, Functions, AsyncFunctions, Worker {
  /** Creates or replaces a function (AWS::Lambda::Function). Throws `FunctionError` for what is wrong in it. */
  create(resource: TemplateResource, code: FunctionCode): void;
  /** Sets how asynchronous events are retried (AWS::Lambda::EventInvokeConfig). */
  configure(resource: TemplateResource): void;
  remove(name: string): Promise<void>;
  roleOf(name: string): string | undefined;
  /** The function whose process signs with this access key. */
  functionOf(accessKeyId: string): string | undefined;
  asyncFigures(): AsyncFigures;
}

/** More than there are cores would only start one after the other, a fifth of a second each. */
const DEFAULT_PROCESSES = Math.min(4, Math.max(2, availableParallelism()));

export function createFunctions(options: FunctionsOptions): LocalFunctions {
  const registry = createRegistry();
  const configs = new Map<string, InvokeConfig>();
  const listeners = new Set<(functionName: string, line: string, requestId: string | undefined) => void>();
  const tails = new Map<string, string[]>();
  const definitionOf = (name: string) => registry.find(name)?.runner.definition;
  const asynchronous = createAsyncInvoker({ ...options, invoke, definitionOf, configOf: (name) => configs.get(name) });

  function line(logged: LogLine): void {
    options.log?.(logged);
    if (logged.requestId !== undefined) tails.get(logged.requestId)?.push(logged.text);
    for (const listener of listeners) listener(logged.functionName, logged.text, logged.requestId);
  }

  function install(resource: TemplateResource, code: InstalledCode): void {
    const definition = defineFunction(resource, { ...options, now: options.clock.now() }, code);
    const tally = registry.find(definition.name)?.tally ?? createTally();
    const runnerOptions = { ...options, line, processes: options.processes ?? DEFAULT_PROCESSES };
    registry.put({ resource, tally, runner: createRunner(definition, tally, runnerOptions) });
  }

  function update(name: string, properties: Readonly<Record<string, unknown>>, code?: FunctionCode): void {
    const entry = registry.find(name);
    if (entry === undefined) return;
    const { definition } = entry.runner;
    const merged = { ...entry.resource.properties, ...properties, FunctionName: definition.name };
    install({ ...entry.resource, properties: merged }, code === undefined ? definition.code : installCode(code));
  }

  async function invoke(name: string, payload: string, requestId: string = randomUUID()): Promise<InvokeResult> {
    const entry = registry.find(name);
    if (entry === undefined) {
      const message = `Function not found: ${name}`;
      return refuse(rejected('ResourceNotFoundException', message), requestId);
    }
    if (Buffer.byteLength(payload) > LAMBDA.requestBytes) {
      const message = `Request must be smaller than ${LAMBDA.requestBytes} bytes for the InvokeFunction operation`;
      return refuse(rejected('RequestEntityTooLargeException', message), requestId);
    }
    const { runner } = entry;
    if (runner.running() >= (runner.definition.reserved ?? LAMBDA.accountConcurrency)) {
      return refuse(rejected('TooManyRequestsException', 'Rate Exceeded.'), requestId);
    }
    return runner.invoke(payload, requestId);
  }

  /** With the last lines of the invocation, as `X-Amz-Log-Result` gives them. */
  async function invokeWithTail(name: string, payload: string): Promise<{ result: InvokeResult; tail: string }> {
    const requestId = randomUUID();
    const lines: string[] = [];
    tails.set(requestId, lines);
    const result = await invoke(name, payload, requestId);
    tails.delete(requestId);
    const text = Buffer.from(lines.map((each) => `${each}\n`).join(''), 'utf8');
    return { result, tail: text.subarray(Math.max(0, text.length - LAMBDA.logTailBytes)).toString('base64') };
  }

  function configure(resource: TemplateResource): void {
    const name = definitionOf(String(resource.properties.FunctionName))?.name;
    if (name === undefined) throw new Error(`${resource.logicalId}: FunctionName names no function`);
    configs.set(name, resource.properties as InvokeConfig);
  }

  const api = createLambdaApi({
    ...options,
    functions: () => registry.all().map(({ runner }) => runner.definition),
    find: definitionOf,
    invokeWithTail,
    submit: asynchronous.submit,
    create: (properties, code) =>
      install(
        { logicalId: String(properties.FunctionName), type: 'AWS::Lambda::Function', properties },
        installCode(code),
      ),
    update,
    remove: registry.remove,
  });

  return {
    ...api,
    names: ['lambda'],
    arnOf: (name) => definitionOf(name)?.arn ?? functionArn(options, name),
    roleOf: (name) => definitionOf(name)?.role,
    invoke: (name, payload) => invoke(name, payload),
    submit: asynchronous.submit,
    figures: () => registry.all().map(({ runner }) => runner.figures()),
    asyncFigures: asynchronous.figures,
    onLog(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    create: (resource, code) => install(resource, installCode(code)),
    configure,
    remove: registry.remove,
    functionOf: (key) => registry.names().find((name) => accessKeyOf(name) === key),
    idle: () => asynchronous.idle() && registry.running() === 0,
    async stop() {
      asynchronous.stop();
      await registry.stop();
    },
  };
}
