/**
 * `node bench/logs-decoder.ts [--events N] [--message N] [--json FILE]`: log events a second through the built logs
 * decoder, in a process with the memory that serverless.yml gives it, against a delivery stream that takes everything at once;
 * and the largest that process has been. Run `npm run build` first.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    message: { type: 'string', default: '1000' },
    json: { type: 'string' },
  },
});

/** Of the function's 512 MB, what V8's old generation may have. */
const HEAP_MB = 460;

/** Makes messages of a few kinds of log lines, as CloudWatch Logs packs them, and hands them to the function one by one. */
const RUN = `
const { gzipSync } = require('node:zlib');
const { handler } = require(process.argv[1] + '/dist/logs-decoder/index.cjs');
const [events, size] = process.argv.slice(2).map(Number);
const LINES = [
  (n) => 'INFO request=' + n + ' GET /cart 200 31 ms',
  (n) => 'INFO request=' + n + ' signed in person' + (n % 999) + '@example.com from 203.0.113.' + (n % 250),
  (n) => JSON.stringify({ level: 'info', request: n, message: 'order placed', items: n % 9 }),
  (n) => 'ERROR request=' + n + ' upstream timed out',
  () => '    at call (/app/http.js:10:5)',
  (n) => 'REPORT RequestId: 5c5a-' + n + '\\tDuration: 12.30 ms\\tBilled Duration: 13 ms\\tMemory Size: 512 MB\\tMax Memory Used: 90 MB\\t',
];
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60000 };
function message(first) {
  const logEvents = [];
  for (let n = first; n < first + size; n++) {
    logEvents.push({ id: '319531066069669833788090250798' + n, timestamp: 1789809023187 + n, message: LINES[n % LINES.length](n) });
  }
  const envelope = { messageType: 'DATA_MESSAGE', owner: '123456789012', logGroup: '/shop/cart', logStream: 'web-1', subscriptionFilters: ['all'], logEvents };
  return { awslogs: { data: gzipSync(JSON.stringify(envelope), { level: 1 }).toString('base64') } };
}
(async () => {
  console.log = console.info = () => {};
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  let [packed, delivered, busy, cpu] = [0, 0, 0, 0];
  for (let first = 0; first < events; first += size) {
    const event = message(first);
    packed += event.awslogs.data.length;
    const [began, used] = [performance.now(), process.cpuUsage()];
    const answer = await handler(event, context);
    busy += performance.now() - began;
    const { user, system } = process.cpuUsage(used);
    cpu += user + system;
    delivered += answer.delivered;
    if (answer.deadLettered > 0) throw new Error('Not everything was delivered.');
  }
  write(JSON.stringify({ delivered, seconds: busy / 1000, cpuSeconds: cpu / 1e6, packedMb: packed / 1e6, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }));
})();
`;

interface Figures {
  /** Documents: the lines of a stack trace are one. */
  readonly delivered: number;
  readonly seconds: number;
  /** Of all its threads. */
  readonly cpuSeconds: number;
  readonly packedMb: number;
  readonly peakMb: number;
}

let bytes = 0;
/** Firehose, as far as this goes: everything is taken. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    bytes += body.length;
    const records = (JSON.parse(body.toString()) as { Records: unknown[] }).Records.length;
    const RequestResponses = Array.from({ length: records }, () => ({ RecordId: '1' }));
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ FailedPutCount: 0, RequestResponses }));
  });
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));

const figures = await new Promise<Figures>((resolve, reject) => {
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, '-e', RUN, process.cwd(), values.events, values.message],
    {
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'bench',
        AWS_SECRET_ACCESS_KEY: 'bench',
        PIPELINE: 'application-logs',
        DELIVERY_STREAM: 'bench',
        POWERTOOLS_LOG_LEVEL: 'SILENT',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  child.on('close', (code) => (code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`It ended with ${code}`))));
});
server.close();

const events = Number(values.events);
const result = { events, ...figures, eventsPerSecond: Math.round(events / figures.seconds), deliveredMb: bytes / 1e6 };
process.stdout.write(
  `${events.toLocaleString('en')} log events in messages of ${values.message}: ` +
    `${result.eventsPerSecond.toLocaleString('en')} a second ` +
    `(${Math.round(events / figures.cpuSeconds).toLocaleString('en')} a second of CPU), ${figures.peakMb} MB at most\n`,
);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
