import { describe, expect, it } from 'vitest';
import { userAgent } from '../../shared/enrich/index.ts';
import { inWords, runThrough } from '../factories/example.ts';
import { processorMsOf } from '../factories/processor-time.ts';

const step = () => userAgent({ from: 'ua', to: 'device' });

async function deviceOf(ua: unknown): Promise<unknown> {
  const [outcome] = await runThrough({ steps: [step()] }, JSON.stringify({ ua }));
  const out = inWords(outcome);
  return typeof out === 'string' ? JSON.parse(out).device : out;
}

describe('userAgent', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
      {
        browser: 'Chrome',
        browserVersion: '130.0.0.0',
        os: 'Windows',
        osVersion: '10',
        deviceType: 'desktop',
        bot: false,
      },
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
      { browser: 'Firefox', os: 'Linux', deviceType: 'desktop', bot: false },
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1',
      { os: 'iOS', deviceType: 'tablet', bot: false },
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36',
      { os: 'Android', deviceType: 'mobile', bot: false },
    ],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', { bot: true }],
    ['Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)', { bot: true }],
    ['curl/8.5.0', { bot: true }],
    ['python-requests/2.31', { bot: true }],
    ['x', { bot: false }],
  ])('reads %s', async (ua, device) => {
    expect(await deviceOf(ua)).toMatchObject(device);
  });

  it.each(['', ' ', '-', null, 7, {}])('adds nothing for %j', async (ua) => {
    expect(await deviceOf(ua)).toBeUndefined();
  });

  it('gives the same for the same, at once', async () => {
    const ua = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0 "é\\';
    const outcomes = await runThrough({ steps: [step()] }, ...Array.from({ length: 3 }, () => JSON.stringify({ ua })));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
  });

  it('takes a bounded time for a hostile header', async () => {
    const hostile = [
      '('.repeat(100_000),
      'Mozilla/5.0 '.repeat(10_000),
      `Mozilla/5.0 (${'a;'.repeat(50_000)}`,
      'Android '.repeat(10_000),
    ];
    for (const ua of hostile) expect(await processorMsOf(() => deviceOf(ua))).toBeLessThan(500);
  });
});
