import { parseArgs } from 'node:util';
import { classes, createTape, readDocument, selectorOf } from '../shared/json/index.ts';
import { NO_CONTEXT } from '../shared/mask/detection/keywords.ts';
import { detectIn } from '../shared/mask/detection/scan.ts';
import { compileSet, type DetectorSet } from '../shared/mask/detection/set.ts';
import { DETECTORS } from '../shared/mask/detectors/index.ts';
import { createDocumentMasker } from '../shared/mask/document.ts';
import { clickstreamTexts } from './clickstream.ts';

const HELP = `npm run bench:mask [-- --seconds N]

What detection costs on one core, in processor time: over free text of 2 KB (MB/s), over the strings of a clickstream event
(nanoseconds a string), and over whole events of 640 bytes, parsed, looked through and written (microseconds an event).
Detectors: those of the clickstream pipeline (email, phone, card, iban, jwt), and all.

  --seconds N   time for each figure, 0.5 when left out
  --help        this text`;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '0.5' }, help: { type: 'boolean' } } });
if (values.help === true) {
  console.log(HELP);
  process.exit();
}
const MS = Number(values.seconds) * 1000;

const NAMED = ['email', 'phone', 'card', 'iban', 'jwt'];
const SETS = { named: compileSet(DETECTORS.filter(({ name }) => NAMED.includes(name))), all: compileSet(DETECTORS) };

/** Microseconds of processor time that a run takes: the median of several samples. */
function microsecondsOf(run: () => unknown): number {
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < MS / 2) {
    run();
    runs++;
  }
  const each = Math.max(1, Math.round(runs / 16));
  const samples: number[] = [];
  for (let sample = 0; sample < 16; sample++) {
    const { user, system } = process.cpuUsage();
    for (let i = 0; i < each; i++) run();
    const after = process.cpuUsage();
    samples.push((after.user + after.system - user - system) / each);
  }
  return samples.sort((a, b) => a - b)[samples.length >> 1]!;
}

const PROSE =
  'The delivery was late again and nobody at the desk could say why, so we asked for a refund of 45.90 and a voucher. The driver said that route 66 was closed; in the end it took 3 days. Could you please look into it before Friday? ';
const DENSE =
  'Please call my mobile phone or send a text about the card payment, the account number and the passport; the social security office asked for the tax id, the driving licence and the date of birth of the client, and the bank for the routing number and the iban. ';
const LOG =
  '2026-11-20T09:12:44.187Z INFO [checkout] request 8f14e45f-ceea-467f-9d39-1c2a5e1b7d11 took 128 ms status=200 path=/api/v2/orders/O-123456/items?page=2 user=u-4711 version=4.12.0-rc.1 retries=0 bytes=18231 ';
const FOUND =
  'Hello, I am writing from anna.schmidt@example.com about order 20981-223: the card 4111 1111 1111 1111 was charged twice. You can reach me at +49 30 901820 on weekdays. The server 203.0.113.42 gave an error 502. Thank you very much. ';

/** Texts of 2 KB, no two alike. */
function textsOf(piece: string): string[] {
  return Array.from({ length: 64 }, (_, n) => `${n} ${piece.repeat(12)}`.slice(0, 2048));
}

const pad = (text: string, width: number) => text.padStart(width);
const title = (name: string, ...columns: string[]) =>
  console.log(`\n${name.padEnd(46)}${columns.map((column) => pad(column, 16)).join('')}`);
const row = (name: string, ...figures: number[]) =>
  console.log(`${name.padEnd(46)}${figures.map((figure) => pad(figure.toFixed(1), 16)).join('')}`);

function scan(text: string, set: DetectorSet): unknown {
  return detectIn(text, 0, text.length, set, NO_CONTEXT, -1);
}

title('free text of 2 KB, MB/s', 'five detectors', 'all');
for (const [name, piece] of Object.entries({
  prose: PROSE,
  'log lines': LOG,
  'dense with keywords': DENSE,
  'with finds': FOUND,
})) {
  const texts = textsOf(piece);
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  const rate = (set: DetectorSet) => bytes / microsecondsOf(() => texts.forEach((text) => void scan(text, set)));
  row(name, rate(SETS.named), rate(SETS.all));
}

const maskerOf = (set: DetectorSet) =>
  createDocumentMasker({
    set,
    method: { mask: ({ token }) => token },
    allows: () => false,
    covers: () => true,
  });
const EVERYTHING = selectorOf('**');
const TAPE = createTape();

function throughStep(json: string, mask?: ReturnType<typeof maskerOf>): string {
  const document = readDocument(json, TAPE);
  if ('code' in document) throw new Error(document.code);
  mask?.(document, EVERYTHING);
  return document.text();
}

title('documents, µs each', 'read and write', 'five detectors', 'all');
const documents: Record<string, string[]> = { 'clickstream event of 640 bytes': clickstreamTexts(0, 2000, 640) };
for (const [name, piece] of Object.entries({ prose: PROSE, 'text with finds': FOUND }))
  documents[`2 KB of ${name}`] = textsOf(piece).map((note) => JSON.stringify({ id: 1, note }));
for (const [name, texts] of Object.entries(documents)) {
  const time = (mask?: ReturnType<typeof maskerOf>) =>
    microsecondsOf(() => texts.forEach((text) => void throughStep(text, mask))) / texts.length;
  row(name, time(), time(maskerOf(SETS.named)), time(maskerOf(SETS.all)));
}

const STRINGS: Readonly<Record<string, string>> = {
  uuid: '8f14e45f-ceea-467f-9d39-1c2a5e1b7d11',
  'ISO timestamp': '2026-11-20T09:12:44.187Z',
  session: 's-9d391c2a5e1b7d11',
  'user id': 'u-12',
  'user agent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'page path': '/products/trail-running-shoe/1234',
  URL: 'https://www.example.com/search?q=running+shoes',
  SKU: 'SKU-12345',
  product: 'Trail Running Shoe',
  'order id': 'O-123456',
  email: 'anna.schmidt12@mail.example.org',
  phone: '+49 30 1234567',
  address: '203.0.113.42',
};

title('strings of a clickstream event, ns each', 'five detectors', 'all');
for (const [name, text] of Object.entries(STRINGS)) {
  const source = JSON.stringify({ before: 1, text });
  const start = source.indexOf(text);
  const found = classes.classesOf(text);
  const time = (set: DetectorSet) =>
    microsecondsOf(() => {
      for (let i = 0; i < 1000; i++) detectIn(source, start, start + text.length, set, NO_CONTEXT, found);
    });
  row(name, time(SETS.named), time(SETS.all));
}
