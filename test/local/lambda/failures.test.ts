import { describe, expect, test } from 'vitest';
import { addFunction, startLambda } from './fixture.ts';

const LIMIT = 6_291_556;

/** Fails as the event asks. */
const source = `
let calls = 0;
exports.handler = async (event) => {
  calls += 1;
  switch (event.do) {
    case 'throw': throw new TypeError('no good');
    case 'throw-text': throw 'just text';
    case 'exit': process.exit(event.code);
    case 'kill': process.kill(process.pid, 'SIGKILL');
    case 'spin': for (;;);
    case 'hang': return new Promise((resolve) => setTimeout(resolve, 100_000));
    case 'never': return new Promise(() => {});
    case 'heap': { const all = []; for (;;) all.push(new Array(10_000).fill(Math.random())); }
    case 'buffers': { const all = []; for (;;) { all.push(Buffer.alloc(8 << 20, 1)); await new Promise(setImmediate); } }
    case 'uncaught': setTimeout(() => { throw new Error('later'); }, 1); return new Promise((r) => setTimeout(r, 5000));
    case 'unhandled': Promise.reject(new Error('nobody')); return new Promise((r) => setTimeout(r, 5000));
    case 'bigint': return 1n;
    case 'size': return 'x'.repeat(event.bytes - 2);
    default: return calls;
  }
};`;

function start(properties: Readonly<Record<string, unknown>> = {}) {
  const lambda = startLambda();
  addFunction(lambda, 'f', source, properties);
  const invoke = async (event: unknown) => {
    const result = await lambda.functions.invoke('f', JSON.stringify(event));
    return { result, parsed: JSON.parse(result.payload) };
  };
  return { ...lambda, invoke };
}

describe('a function that fails', () => {
  test('by throwing answers the error, and its process goes on', async () => {
    const { invoke, functions, lines } = start();
    await invoke({});
    const { result, parsed } = await invoke({ do: 'throw' });
    expect(result).toMatchObject({ functionError: 'Unhandled', cause: 'error' });
    expect(parsed).toMatchObject({ errorType: 'TypeError', errorMessage: 'no good' });
    expect(parsed.trace[0]).toBe('TypeError: no good');
    expect((await invoke({ do: 'throw-text' })).parsed).toMatchObject({
      errorType: 'string',
      errorMessage: 'just text',
    });
    expect((await invoke({})).parsed).toBe(4);
    expect(functions.figures()).toMatchObject([{ invocations: 4, errors: 2, coldStarts: 1 }]);
    expect(lines.some(({ text }) => text.includes('\tERROR\tInvoke Error \t{"errorType":"TypeError"'))).toBe(true);
  });

  test('by exiting is a crash, and the next invocation a cold start', async () => {
    const { invoke, functions } = start();
    const one = await invoke({ do: 'exit', code: 1 });
    expect(one.result).toMatchObject({ functionError: 'Unhandled', cause: 'crash' });
    expect(one.parsed).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${one.result.requestId} Error: Runtime exited with error: exit status 1`,
    });
    expect((await invoke({ do: 'exit', code: 0 })).parsed.errorMessage).toMatch(/exited without providing a reason$/);
    expect((await invoke({ do: 'kill' })).parsed.errorMessage).toMatch(/exited with error: signal: killed$/);
    expect((await invoke({})).parsed).toBe(1);
    expect(functions.figures()).toMatchObject([{ invocations: 4, errors: 3, coldStarts: 4 }]);
  });

  test('by an uncaught exception or rejection answers it, then ends its process', async () => {
    const { invoke, functions } = start();
    expect((await invoke({ do: 'uncaught' })).parsed).toMatchObject({ errorType: 'Error', errorMessage: 'later' });
    const rejected = (await invoke({ do: 'unhandled' })).parsed;
    expect(rejected).toMatchObject({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: nobody' });
    expect((await invoke({})).parsed).toBe(1);
    expect(functions.figures()).toMatchObject([{ coldStarts: 3 }]);
  });

  test('by a promise that is never settled is told so', async () => {
    const { invoke } = start();
    expect((await invoke({ do: 'never' })).parsed.errorType).toBe('Runtime.NodeJsExit');
  });

  test('by a response that is no JSON', async () => {
    const { invoke } = start();
    expect((await invoke({ do: 'bigint' })).parsed.errorType).toBe('Runtime.MarshalError');
  });

  test.each(['spin', 'hang'])('by running on (%s) is killed at its deadline', async (how) => {
    const { invoke, functions, lines } = start({ Timeout: 1 });
    await invoke({});
    const began = performance.now();
    const { result, parsed } = await invoke({ do: how });
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(performance.now() - began).toBeLessThan(4000);
    expect(result).toMatchObject({ functionError: 'Unhandled', cause: 'timeout' });
    expect(parsed).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 1.00 seconds`,
    });
    expect((await invoke({})).parsed).toBe(1);
    expect(functions.figures()).toMatchObject([{ coldStarts: 2, errors: 1 }]);
    expect(lines.some(({ text }) => text === `${result.requestId} Task timed out after 1.00 seconds`)).toBe(true);
    expect(lines.some(({ text }) => text.startsWith('REPORT') && text.includes('\tStatus: timeout'))).toBe(true);
  });

  test('by a clock pushed past its deadline is killed, once it had real time to run', async () => {
    const { invoke, clock } = start({ Timeout: 60 });
    await invoke({});
    const quick = invoke({});
    await clock.advance(120_000);
    expect((await quick).parsed).toBe(2);
  });

  test.each([
    ['heap', 128],
    ['buffers', 128],
  ])('by running out of memory (%s)', async (how, memory) => {
    const { invoke, functions } = start({ MemorySize: memory, Timeout: 30 });
    const { result, parsed } = await invoke({ do: how });
    expect(result).toMatchObject({ functionError: 'Unhandled', cause: 'memory' });
    expect(['Runtime.OutOfMemory', 'Runtime.ExitError']).toContain(parsed.errorType);
    expect(parsed.errorMessage).toMatch(/Runtime exited with error: signal: (killed|aborted|trace\/breakpoint trap)$/);
    expect((await invoke({})).parsed).toBe(1);
    expect(functions.figures()[0]?.peakMemoryMb).toBeGreaterThan(100);
  });
});

describe('a payload', () => {
  test('comes back whole at the limit, and is too large a byte above it', async () => {
    const { invoke } = start({ MemorySize: 512 });
    expect((await invoke({ do: 'size', bytes: LIMIT })).result.payload.length).toBe(LIMIT);
    const { result, parsed } = await invoke({ do: 'size', bytes: LIMIT + 1 });
    expect(result).toMatchObject({ functionError: 'Unhandled', cause: 'response-too-large' });
    expect(parsed).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes).',
    });
    expect((await invoke({})).parsed).toBe(3);
  });

  test('goes in at the limit, and is refused above it', async () => {
    const lambda = startLambda();
    addFunction(lambda, 'length', 'exports.handler = async (event) => event.length;', { MemorySize: 512 });
    const most = JSON.stringify('y'.repeat(6_291_454));
    expect((await lambda.functions.invoke('length', most)).payload).toBe('6291454');
    const refused = await lambda.functions.invoke('length', JSON.stringify('y'.repeat(6_291_455)));
    expect(refused.cause).toBe('rejected');
    expect(JSON.parse(refused.payload).errorType).toBe('RequestEntityTooLargeException');
    expect(lambda.functions.figures()).toMatchObject([{ invocations: 1 }]);
  });
});

describe('an injected fault', () => {
  test('kills the process before its work, then after it, in turn', async () => {
    const lambda = startLambda();
    let crash = true;
    lambda.faults.invoke = (name, payload) => (crash && name === 'f' && payload === '1' ? 'crash' : undefined);
    addFunction(lambda, 'f', 'exports.handler = async (event) => { console.log("did", event); return event; };');
    for (let index = 0; index < 2; index++) {
      const result = await lambda.functions.invoke('f', '1');
      expect(result).toMatchObject({ cause: 'crash' });
      expect(result.payload).toContain('signal: killed');
    }
    expect(lambda.lines.filter(({ text }) => text.includes('did 1')).length).toBeLessThanOrEqual(2);
    expect(lambda.lines.filter(({ text }) => text.includes('did 1')).length).toBeGreaterThanOrEqual(1);
    crash = false;
    expect((await lambda.functions.invoke('f', '1')).payload).toBe('1');
  });

  test('holds the answer back, up to the deadline', async () => {
    const lambda = startLambda();
    let delayMs = 120;
    lambda.faults.invoke = () => ({ delayMs });
    addFunction(lambda, 'f', 'exports.handler = async () => 1;', { Timeout: 1 });
    const late = await lambda.functions.invoke('f', '{}');
    expect(late.payload).toBe('1');
    expect(late.durationMs).toBeGreaterThanOrEqual(119);
    delayMs = 5000;
    expect((await lambda.functions.invoke('f', '{}')).cause).toBe('timeout');
  });
});
