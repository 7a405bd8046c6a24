import { decodeString, memo } from '../json/index.ts';
import { type ByteString, encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import type { UserAgentParser } from './libraries/user-agent-parser.ts';
import { write } from './write.ts';

export interface UserAgentOptions {
  /** Path of the User-Agent header's text. */
  readonly from: string;
  /** Path that the device is put at. */
  readonly to: string;
}

/** User agents remembered, at least. */
const REMEMBERED = 10_000;

export const userAgent = documented<[options: UserAgentOptions], Step>(
  {
    name: 'userAgent',
    summary:
      'Adds what a User-Agent header tells: browser, browserVersion, os, osVersion, deviceType (`desktop`, `mobile`, `tablet`, `smarttv`, `console`, `wearable`, `embedded`), and bot, true for crawlers, monitors and scripted clients. What is not known is left out.',
    settings: { from: "Path of the User-Agent header's text.", to: 'Path that the device is put at, an object.' },
    examples: [
      {
        shows: 'a phone',
        args: [{ from: 'ua', to: 'device' }],
        in: '{"ua":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"}',
        out: '{"ua":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1","device":{"browser":"Mobile Safari","browserVersion":"17.4","os":"iOS","osVersion":"17.4","deviceType":"mobile","bot":false}}',
      },
      {
        shows: 'a crawler',
        args: [{ from: 'ua', to: 'device' }],
        in: '{"ua":"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"}',
        out: '{"ua":"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)","device":{"bot":true}}',
      },
      { shows: 'no user agent', args: [{ from: 'ua', to: 'device' }], in: '{"ua":null}', out: '{"ua":null}' },
    ],
  },
  ({ from, to }) => ({
    name: 'userAgent',
    stage: 'enrich',
    compile(compiler) {
      const [source, target] = [compiler.selector(from, 'concrete'), compiler.selector(to, 'concrete')];
      let parser: Parser | undefined;
      const deviceOf = memo(REMEMBERED, (json) => readDevice(parser!, json));
      return {
        async load() {
          parser = (await import('./libraries/user-agent-parser.ts')).UserAgentParser;
        },
        apply(document) {
          const node = document.get(source);
          if (node === undefined) return undefined;
          const device = node.recall(deviceOf);
          return device === undefined ? undefined : write(document, target, device, 'userAgent');
        },
      };
    },
  }),
);

/** What crawlers, monitors and scripted clients call themselves; Cubot makes telephones. */
const BOT =
  /(?<!cu)bot(?![a-z])|crawl|spider|slurp|archiver|externalhit|preview|fetcher|monitor|health-?check|uptime|pingdom|headless|phantomjs|lighthouse|^(?:curl|wget|python|go-http|java|ruby|perl|php|libwww|axios|node|apache-httpclient|okhttp|postman)/i;

/** The parser itself reads no more than the first 500 characters. */
const LONGEST = 500;

type Parser = typeof UserAgentParser;

function readDevice(Parser: Parser, json: JsonText): ByteString | undefined {
  if (!json.startsWith('"')) return undefined;
  const text = decodeString(json).slice(0, LONGEST).trim();
  if (text === '' || text === '-') return undefined;
  const parser = new Parser(text);
  const [browser, os, { type }] = [parser.getBrowser(), parser.getOS(), parser.getDevice()];
  const bot = BOT.test(text);
  const device = {
    browser: browser.name,
    browserVersion: browser.version,
    os: os.name,
    osVersion: os.version,
    deviceType: type ?? (os.name === undefined || bot ? undefined : 'desktop'),
    bot,
  };
  return encodeUtf8(JSON.stringify(device));
}
