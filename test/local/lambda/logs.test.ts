import { describe, expect, test } from 'vitest';
import { createOutput } from '../../../local/lambda/output.ts';
import { addFunction, startLambda } from './fixture.ts';

describe('the log of an invocation', () => {
  test('holds START, the function’s lines, END and REPORT, in one stream of /aws/lambda/<name>', async () => {
    const lambda = startLambda();
    const source = `console.log('at init');
    exports.handler = async (event) => {
      console.log('plain %d', 5); console.error('bad\\nsecond line'); process.stdout.write('{"raw":1}\\n');
      process.stderr.write('to stderr\\n'); console.debug({ a: 1 });
    };`;
    addFunction(lambda, 'talk', source);
    const { requestId } = await lambda.functions.invoke('talk', '{}');
    const texts = lambda.lines.map(({ text }) => text);
    const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
    const expected = [
      /^INIT_START Runtime Version: nodejs:24\./,
      `^START RequestId: ${requestId} Version: \\$LATEST$`,
      `^${time}\tundefined\tINFO\tat init$`,
      `^${time}\t${requestId}\tINFO\tplain 5$`,
      `^${time}\t${requestId}\tERROR\tbad\nsecond line$`,
      /^\{"raw":1\}$/,
      /^to stderr$/,
      `^${time}\t${requestId}\tDEBUG\t\\{ a: 1 \\}$`,
      `^END RequestId: ${requestId}$`,
      `^REPORT RequestId: ${requestId}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 256 MB\tMax Memory Used: \\d+ MB\tInit Duration: [\\d.]+ ms\t$`,
    ];
    expect(texts.length).toBe(expected.length);
    expected.forEach((pattern, index) => {
      expect(texts[index]).toMatch(new RegExp(pattern));
    });
    expect(new Set(lambda.lines.map(({ logGroup, logStream }) => `${logGroup}:${logStream}`)).size).toBe(1);
    expect(lambda.lines[0]?.logGroup).toBe('/aws/lambda/talk');
    expect(lambda.lines[3]?.requestId).toBe(requestId);
  });

  test('tells onLog each line with its function and request', async () => {
    const lambda = startLambda();
    const seen: (string | undefined)[][] = [];
    const stop = lambda.functions.onLog((...line) => seen.push(line));
    addFunction(lambda, 'metrics', `exports.handler = async () => { process.stdout.write('{"_aws":{}}\\n'); };`);
    const { requestId } = await lambda.functions.invoke('metrics', '{}');
    stop();
    await lambda.functions.invoke('metrics', '{}');
    expect(seen).toContainEqual(['metrics', '{"_aws":{}}', requestId]);
    expect(seen.filter(([, line]) => line?.includes('_aws')).length).toBe(1);
  });

  test('keeps the lines of a process that dies, and says why it died', async () => {
    const lambda = startLambda();
    const source = 'exports.handler = async () => { console.log("last words"); process.exit(3); };';
    addFunction(lambda, 'dies', source);
    const { requestId } = await lambda.functions.invoke('dies', '{}');
    const texts = lambda.lines.map(({ text }) => text);
    expect(texts.some((text) => text.endsWith('last words'))).toBe(true);
    const error = `RequestId: ${requestId} Error: Runtime exited with error: exit status 3\nRuntime.ExitError`;
    expect(texts.indexOf(error)).toBeGreaterThan(-1);
    expect(texts.at(-1)).toMatch(/\tStatus: error\tError Type: Runtime\.ExitError\t$/);
  });

  test('is JSON where the function is set so', async () => {
    const lambda = startLambda();
    addFunction(lambda, 'json', 'exports.handler = async () => console.warn("hm");', {
      LoggingConfig: { LogFormat: 'JSON', LogGroup: '/own/group' },
    });
    const { requestId } = await lambda.functions.invoke('json', '{}');
    const documents = lambda.lines.map(({ text }) => JSON.parse(text));
    expect(documents).toMatchObject([
      { type: 'platform.start', record: { requestId } },
      { level: 'WARN', message: 'hm', requestId },
      { type: 'platform.report', record: { requestId, status: 'success', metrics: { memorySizeMB: 256 } } },
    ]);
    expect(lambda.lines[0]?.logGroup).toBe('/own/group');
  });

  test('cuts a line that has no end at the size of a log event', () => {
    const lines: string[] = [];
    const output = createOutput(
      (line) => lines.push(line),
      () => {},
    );
    for (let index = 0; index < 9; index++) output.write(Buffer.alloc(256 * 1024, 'a'));
    expect(lines.map((line) => line.length)).toEqual([1_048_576, 1_048_576]);
    output.end();
    expect(lines.at(-1)?.length).toBe(256 * 1024);
  });

  test('joins characters that arrive in two pieces', () => {
    const lines: string[] = [];
    const output = createOutput(
      (line) => lines.push(line),
      () => {},
    );
    const bytes = Buffer.from('gr\u00fc\u00dfe\n');
    for (const byte of bytes) output.write(Buffer.from([byte]));
    expect(lines).toEqual(['gr\u00fc\u00dfe']);
  });
});
