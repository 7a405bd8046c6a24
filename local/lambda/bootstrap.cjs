/**
 * The runtime of a function's process: loads the handler as AWS's Node.js 24 runtime does, and talks to the Runtime API
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). Plain CommonJS, so that a cold start compiles nothing.
 */
'use strict';
const http = require('node:http');
const { existsSync, readFileSync } = require('node:fs');
const { enableCompileCache, flushCompileCache } = require('node:module');
const path = require('node:path');
const { format } = require('node:util');

const [host, port] = String(process.env.AWS_LAMBDA_RUNTIME_API).split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const BASE = '/2018-06-01/runtime';
const JSON_LOGS = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
/** Where what V8 makes of the modules is kept: a third of what a start costs is to make it. */
const [compiled] = process.argv.splice(2);
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** How far the account's time is ahead of the machine's. */
let aheadMs = 0;

/** Where a test has pushed the account's time, the function's clock goes with it. */
function pushClock(ms) {
  if (ms !== 0 && aheadMs === 0) {
    const Real = Date;
    globalThis.Date = new Proxy(Real, {
      construct: (target, values, made) => Reflect.construct(target, values.length > 0 ? values : [Date.now()], made),
      apply: () => new Real(Date.now()).toString(),
      get: (target, key) => (key === 'now' ? () => target.now() + aheadMs : target[key]),
    });
  }
  aheadMs = ms;
}

/** The invocation that runs, if any. */
let current;

function call(method, where, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, agent, path: `${BASE}${where}`, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Peak resident memory rides along: outside Linux nothing else tells it. */
function answer(where, body, headers = {}) {
  const bytes = Buffer.from(body, 'utf8');
  return call('POST', where, bytes, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'x-peak-memory-kib': process.resourceUsage().maxRSS,
    ...headers,
  });
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') };
}

function named(name, message, cause) {
  const error = new Error(message);
  error.name = name;
  if (cause?.stack) error.stack = cause.stack;
  return error;
}

/** One console call is one log event: line ends inside it travel as carriage returns, as AWS's runtime sends them. */
function patchConsole() {
  const least = LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? 'TRACE');
  const write =
    (level) =>
    (...values) => {
      if (LEVELS.indexOf(level) < least) return;
      const time = new Date().toISOString();
      const message = format(...values);
      const text = JSON_LOGS
        ? JSON.stringify({ timestamp: time, level, requestId: current, message })
        : `${time}\t${current}\t${level}\t${message}`.replaceAll('\n', '\r');
      process.stdout.write(`${text}\n`);
    };
  const info = write('INFO');
  Object.assign(console, { log: info, info, debug: write('DEBUG'), trace: write('TRACE') });
  Object.assign(console, { warn: write('WARN'), error: write('ERROR') });
  // One pipe for both keeps what was written in order.
  process.stderr.write = process.stdout.write.bind(process.stdout);
}

function resolveModule(root, name) {
  const base = path.resolve(root, name);
  for (const suffix of ['', '.js', '.mjs', '.cjs']) {
    if (suffix !== '' || /\.[cm]?js$/.test(base)) {
      if (existsSync(base + suffix)) return base + suffix;
    }
  }
  throw named('Runtime.ImportModuleError', `Error: Cannot find module '${name}'`);
}

function isModule(file) {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  for (let at = path.dirname(file); ; at = path.dirname(at)) {
    const manifest = path.join(at, 'package.json');
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
    if (at === path.dirname(at)) return false;
  }
}

async function load(file) {
  try {
    return isModule(file) ? await import(require('node:url').pathToFileURL(file).href) : require(file);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw named('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`, error);
    const missing = error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND';
    if (missing) throw named('Runtime.ImportModuleError', `Error: ${error.message}`, error);
    throw error;
  }
}

async function loadHandler() {
  const text = String(process.env._HANDLER);
  const match = /^((?:.*\/)?)([^/]*?)\.(.+)$/.exec(text);
  if (match === null || text.includes('..')) throw named('Runtime.MalformedHandlerName', 'Bad handler');
  const exported = await load(resolveModule(String(process.env.LAMBDA_TASK_ROOT), match[1] + match[2]));
  const handler = match[3].split('.').reduce((object, key) => object?.[key], exported);
  if (handler === undefined) throw named('Runtime.HandlerNotFound', `${text} is undefined or not exported`);
  if (typeof handler !== 'function') throw named('Runtime.HandlerNotFound', `${text} is not a function`);
  if (handler.length > 2) {
    const message = 'AWS Lambda has removed callback-based handlers starting with Node.js 24: use an async handler.';
    throw named('Runtime.CallbackHandlerDeprecated', message);
  }
  return handler;
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: headers['lambda-runtime-client-context'] && JSON.parse(headers['lambda-runtime-client-context']),
    identity: undefined,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function serialise(result) {
  try {
    return JSON.stringify(result === undefined ? null : result);
  } catch (error) {
    throw named('Runtime.MarshalError', `The response can't be written as JSON: ${error.message}`, error);
  }
}

/** Marks on standard output that everything this invocation wrote lies before it. */
function seal(id) {
  process.stdout.write(`\u0001${id}\n`);
}

async function fail(id, error, note, last = false) {
  const described = describe(error);
  const { trace: stack, ...rest } = described;
  console.error(`${note}\t${JSON.stringify({ ...rest, stack })}`);
  seal(id);
  const headers = { 'lambda-runtime-function-error-type': 'Unhandled', ...(last ? { 'x-runtime-ends': '1' } : {}) };
  await answer(`/invocation/${id}/error`, JSON.stringify(described), headers);
}

/** What nobody awaited ends the process, as on AWS; the invocation that runs is answered first. */
function endOn(event, wrap, note, code) {
  process.on(event, (reason) => {
    const error = wrap(reason);
    const last = current === undefined ? Promise.resolve(console.error(note, error)) : fail(current, error, note, true);
    last.finally(() => process.exit(code));
  });
}

function watchProcess() {
  // Ctrl-C in a terminal reaches every process: what runs is to end in its own time, when the account stops.
  process.on('SIGINT', () => {});
  const rejection = (reason) =>
    named('Runtime.UnhandledPromiseRejection', String(reason), reason instanceof Error ? reason : undefined);
  endOn('unhandledRejection', rejection, 'Unhandled Promise Rejection ', 128);
  endOn('uncaughtException', (error) => error, 'Uncaught Exception ', 129);
  process.on('beforeExit', () => {
    if (current === undefined) return;
    const message = 'The event loop ran empty: a Promise that the handler waits for was never settled';
    fail(current, named('Runtime.NodeJsExit', message), 'Invoke Error ', true).finally(() => process.exit(13));
  });
}

async function run(handler, next) {
  current = next.headers['lambda-runtime-aws-request-id'];
  pushClock(Number(next.headers['x-clock-ahead-ms'] ?? 0));
  process.env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
  let response;
  try {
    response = serialise(await handler(JSON.parse(next.body), contextOf(next.headers)));
  } catch (error) {
    await fail(current, error, 'Invoke Error ');
    return;
  }
  seal(current);
  await answer(`/invocation/${current}/response`, response);
}

async function main() {
  if (compiled !== undefined) enableCompileCache(compiled);
  patchConsole();
  watchProcess();
  let handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    console.error(`Uncaught Exception \t${JSON.stringify(describe(error))}`);
    const headers = { 'lambda-runtime-function-error-type': 'Unhandled' };
    await answer('/init/error', JSON.stringify(describe(error)), headers);
    process.exit(1);
  }
  for (let kept = compiled === undefined; ; ) {
    const next = await call('GET', '/invocation/next');
    await run(handler, next);
    current = undefined;
    // Now, since the process will be killed; what its first invocation imported is in it.
    if (!kept) flushCompileCache();
    kept = true;
  }
}

// The Runtime API is gone when the account has stopped: so is the reason to live.
main().catch(() => process.exit(1));
