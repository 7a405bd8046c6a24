import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { addFunction, codeFolder, startLambda } from './fixture.ts';

const echo = 'exports.handler = async (event) => event;';

describe('an invocation', () => {
  test('gives the event to the handler and its result back', async () => {
    const lambda = startLambda();
    addFunction(lambda, 'echo', echo);
    const result = await lambda.functions.invoke('echo', '{"a":[1,2,{"b":"ü"}]}');
    expect(result).toMatchObject({ payload: '{"a":[1,2,{"b":"ü"}]}', executedVersion: '$LATEST' });
    expect(result.functionError).toBeUndefined();
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test('finds a function by name, logical id, ARN and qualified ARN', async () => {
    const lambda = startLambda();
    addFunction(lambda, 'echo', echo);
    const arn = lambda.functions.arnOf('echoLambdaFunction');
    expect(arn).toBe('arn:aws:lambda:us-east-1:123456789012:function:echo');
    for (const name of ['echo', 'echoLambdaFunction', arn, `${arn}:$LATEST`, '123456789012:function:echo']) {
      expect((await lambda.functions.invoke(name, '7')).payload).toBe('7');
    }
  });

  test('answers null where the handler returns nothing, and takes a synchronous handler', async () => {
    const lambda = startLambda();
    addFunction(lambda, 'nothing', 'exports.handler = async () => {};');
    addFunction(lambda, 'synchronous', 'exports.handler = (event) => ({ got: event });');
    expect((await lambda.functions.invoke('nothing', '{}')).payload).toBe('null');
    expect((await lambda.functions.invoke('synchronous', '1')).payload).toBe('{"got":1}');
  });

  test('tells the handler its context', async () => {
    const lambda = startLambda();
    const source = `exports.handler = async (event, context) => {
      const first = context.getRemainingTimeInMillis();
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { ...context, first, later: context.getRemainingTimeInMillis() };
    };`;
    addFunction(lambda, 'context', source, { Timeout: 3, MemorySize: 200 });
    const result = await lambda.functions.invoke('context', '{}');
    const context = JSON.parse(result.payload);
    expect(context).toMatchObject({
      functionName: 'context',
      functionVersion: '$LATEST',
      memoryLimitInMB: '200',
      logGroupName: '/aws/lambda/context',
      awsRequestId: result.requestId,
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:context',
    });
    expect(context.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(context.first).toBeLessThanOrEqual(3000);
    expect(context.first).toBeGreaterThan(2500);
    expect(context.later).toBeLessThanOrEqual(context.first - 25);
  });

  test('runs on the account’s time, however far that is pushed', async () => {
    const lambda = startLambda();
    const source = `exports.handler = async (event, context) => [
      Date.now(), new Date().getTime(), Date.parse(Date()), new Date(0).getTime(), Date.UTC(2020, 1), 
      new Date() instanceof Date, context.getRemainingTimeInMillis() ];`;
    addFunction(lambda, 'time', source);
    const run = async () => JSON.parse((await lambda.functions.invoke('time', '{}')).payload);
    expect(Math.abs((await run())[0] - Date.now())).toBeLessThan(1000);
    await lambda.clock.advance(7 * 86_400_000);
    const [now, made, called, epoch, utc, isDate, remaining] = await run();
    for (const time of [now, made, called]) expect(Math.abs(time - lambda.clock.now())).toBeLessThan(1100);
    expect([epoch, utc, isDate]).toEqual([0, Date.UTC(2020, 1), true]);
    expect(remaining).toBeGreaterThan(4000);
    expect(remaining).toBeLessThanOrEqual(5000);
  });

  test('gives the function its own environment and nothing of the shell but PATH', async () => {
    process.env.SLUICE_TEST_SHELL_ONLY = 'leak';
    const lambda = startLambda();
    const source = 'exports.handler = async () => ({ ...process.env, cwd: process.cwd() });';
    addFunction(lambda, 'one', source, { Environment: { Variables: { PIPELINE: 'clickstream', SIZE: 5 } } });
    addFunction(lambda, 'two', source);
    const one = JSON.parse((await lambda.functions.invoke('one', '{}')).payload);
    const two = JSON.parse((await lambda.functions.invoke('two', '{}')).payload);
    delete process.env.SLUICE_TEST_SHELL_ONLY;
    expect(one).toMatchObject({
      PIPELINE: 'clickstream',
      SIZE: '5',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_LAMBDA_FUNCTION_NAME: 'one',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      TZ: ':UTC',
      _HANDLER: 'index.handler',
    });
    expect(one.LAMBDA_TASK_ROOT).toBe(one.cwd);
    expect(one.SLUICE_TEST_SHELL_ONLY).toBeUndefined();
    expect(one.HOME).toBeUndefined();
    expect(one._X_AMZN_TRACE_ID).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
    expect(one.AWS_ACCESS_KEY_ID).not.toBe(two.AWS_ACCESS_KEY_ID);
    expect(lambda.functions.functionOf(one.AWS_ACCESS_KEY_ID)).toBe('one');
    expect(lambda.functions.functionOf(two.AWS_ACCESS_KEY_ID)).toBe('two');
  });

  test('reuses a warm process, and counts the cold start once', async () => {
    const lambda = startLambda();
    addFunction(lambda, 'count', 'let n = 0; exports.handler = async () => ++n;');
    const answers = [];
    for (let index = 0; index < 5; index++) answers.push((await lambda.functions.invoke('count', '{}')).payload);
    expect(answers).toEqual(['1', '2', '3', '4', '5']);
    expect(lambda.functions.figures()).toMatchObject([{ name: 'count', invocations: 5, errors: 0, coldStarts: 1 }]);
    expect(lambda.functions.figures()[0]?.peakMemoryMb).toBeGreaterThan(20);
  });

  test('keeps what V8 made of its code where it is told, and tells the function nothing of it', async () => {
    const lambda = startLambda();
    const { directory: compiled } = codeFolder({});
    const source = 'exports.handler = async () => [process.argv.length, process.env.NODE_COMPILE_CACHE ?? null];';
    addFunction(lambda, 'kept', source, {}, { compiled });
    expect((await lambda.functions.invoke('kept', '{}')).payload).toBe('[2,null]');
    // Kept after the first answer, hence before the second.
    await lambda.functions.invoke('kept', '{}');
    const made = () => readdirSync(compiled, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    expect(made()).toHaveLength(1);
    addFunction(lambda, 'other', source);
    await lambda.functions.invoke('other', '{}');
    expect(made()).toHaveLength(1);
  });

  test('runs at most as many processes as it may, and keeps the others waiting', async () => {
    const lambda = startLambda({ processes: 2 });
    const source = `exports.handler = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20)); return process.pid; };`;
    addFunction(lambda, 'busy', source);
    const results = await Promise.all(Array.from({ length: 8 }, () => lambda.functions.invoke('busy', '{}')));
    expect(new Set(results.map(({ payload }) => payload)).size).toBe(2);
    expect(results.every(({ functionError }) => functionError === undefined)).toBe(true);
    expect(lambda.functions.idle()).toBe(true);
  });

  test('is refused beyond the reserved concurrency', async () => {
    const lambda = startLambda();
    addFunction(lambda, 'one', 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 50, 1));', {
      ReservedConcurrentExecutions: 1,
    });
    addFunction(lambda, 'none', echo, { ReservedConcurrentExecutions: 0 });
    const [first, second] = await Promise.all([
      lambda.functions.invoke('one', '{}'),
      lambda.functions.invoke('one', '{}'),
    ]);
    expect(first?.payload).toBe('1');
    expect(second).toMatchObject({ cause: 'rejected' });
    expect(JSON.parse(second?.payload ?? '').errorType).toBe('TooManyRequestsException');
    expect((await lambda.functions.invoke('none', '{}')).cause).toBe('rejected');
  });

  test('is refused where there is no such function', async () => {
    const result = await startLambda().functions.invoke('nobody', '{}');
    expect(result).toMatchObject({ cause: 'rejected', durationMs: 0 });
    expect(JSON.parse(result.payload).errorType).toBe('ResourceNotFoundException');
  });

  test('runs new code after an update, while what runs ends as it began', async () => {
    const lambda = startLambda();
    addFunction(lambda, 'versioned', "exports.handler = () => new Promise((r) => setTimeout(r, 80, 'old'));");
    const old = lambda.functions.invoke('versioned', '{}');
    await new Promise((resolve) => setTimeout(resolve, 10));
    addFunction(lambda, 'versioned', "exports.handler = async () => 'new';");
    expect((await lambda.functions.invoke('versioned', '{}')).payload).toBe('"new"');
    expect((await old).payload).toBe('"old"');
    expect(lambda.functions.figures()).toMatchObject([{ invocations: 2, coldStarts: 2 }]);
  });
});

describe('a handler', () => {
  const load = async (files: Record<string, string>, handler: string) => {
    const lambda = startLambda();
    const properties = { FunctionName: 'loaded', Handler: handler, MemorySize: 256 };
    const resource = { logicalId: 'Loaded', type: 'AWS::Lambda::Function', properties };
    lambda.functions.create(resource, codeFolder(files));
    const result = await lambda.functions.invoke('loaded', '{}');
    return { result, parsed: JSON.parse(result.payload), lambda };
  };

  test.each([
    ['CommonJS', { 'index.cjs': 'exports.handler = async () => 1;' }, 'index.handler'],
    ['CommonJS in .js', { 'index.js': 'exports.handler = async () => 1;' }, 'index.handler'],
    ['a module', { 'index.mjs': 'export const handler = async () => 1;' }, 'index.handler'],
    ['a module with await', { 'm.mjs': 'const n = await 1; export const run = async () => n;' }, 'm.run'],
    [
      'a module by package.json',
      { 'index.js': 'export const handler = async () => 1;', 'package.json': '{"type":"module"}' },
      'index.handler',
    ],
    ['a nested export', { 'index.cjs': 'exports.api = { run: async () => 1 };' }, 'index.api.run'],
  ])('is found in %s', async (_kind, files, handler) => {
    expect((await load(files as Record<string, string>, handler)).result.payload).toBe('1');
  });

  test.each([
    ['Runtime.ImportModuleError', {}, 'index.handler'],
    ['Runtime.ImportModuleError', { 'index.cjs': "require('no-such-module');" }, 'index.handler'],
    ['Runtime.HandlerNotFound', { 'index.cjs': '' }, 'index.handler'],
    ['Runtime.HandlerNotFound', { 'index.cjs': 'exports.handler = 5;' }, 'index.handler'],
    ['Runtime.UserCodeSyntaxError', { 'index.cjs': 'exports.handler = (' }, 'index.handler'],
    ['Runtime.MalformedHandlerName', { 'index.cjs': '' }, 'index'],
    [
      'Runtime.CallbackHandlerDeprecated',
      { 'index.cjs': 'exports.handler = (event, context, callback) => callback();' },
      'index.handler',
    ],
    ['RangeError', { 'index.cjs': "throw new RangeError('no');" }, 'index.handler'],
  ])('that can’t be loaded is an init error: %s', async (errorType, files, handler) => {
    const { result, parsed, lambda } = await load(files as Record<string, string>, handler);
    expect(result).toMatchObject({ functionError: 'Unhandled', cause: 'error' });
    expect(parsed.errorType).toBe(errorType);
    expect(typeof parsed.errorMessage).toBe('string');
    await lambda.functions.invoke('loaded', '{}');
    expect(lambda.functions.figures()).toMatchObject([{ invocations: 2, errors: 2, coldStarts: 2 }]);
  });
});
