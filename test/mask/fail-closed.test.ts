import { afterEach, describe, expect, it, vi } from 'vitest';
import { encrypt, keepDomain, mask, maskDetected, redact, secret, truncateIp } from '../../shared/mask/index.ts';
import type { Method } from '../../shared/mask/method.ts';
import { documentOf } from '../factories/document.ts';
import { compiler, loaded, redactor } from './redaction.ts';

afterEach(() => vi.unstubAllEnvs());

const SECRET = 'hunter2-4111111111111111';

/** A method that fails as a bug would, with the value in its error. */
const broken: Method = {
  name: 'broken',
  compile: () => ({
    mask({ text }) {
      throw new Error(`could not mask ${text}`);
    },
  }),
};

describe('a mask that can not be applied fails the record, and says nothing of it', () => {
  it.each([
    ['a path', mask('a', broken), { a: SECRET }],
    ['a value below a path', mask('a', broken), { a: { b: [SECRET] } }],
    ['everything', mask.everything('a', broken), { a: { b: true } }],
    ['a find in a text', maskDetected('**', 'all', broken), { a: 'x 4111 1111 1111 1111' }],
    ['a find in a key', maskDetected('**', 'all', broken), { 'bob@example.com': 1 }],
    ['a number', maskDetected('**', 'all', broken), { a: 4111111111111111 }],
    ['a key that names', maskDetected('**', 'all', broken), { password: SECRET }],
    ['JSON in a string', maskDetected('**', 'all', broken), { a: JSON.stringify({ password: SECRET }) }],
    ['base64', maskDetected('**', 'all', broken), { a: Buffer.from(`x bob@example.com ${SECRET}`).toString('base64') }],
    ['no address', mask('a', truncateIp()), { a: SECRET }],
    ['no domain', mask('a', keepDomain()), { a: SECRET }],
  ])('%s', async (_name, step, document) => {
    const out = (await loaded(step))(JSON.stringify(document));
    expect(out).toMatch(/^MaskFailed: mask/);
    expect(out).not.toContain('hunter2');
    expect(out).not.toContain('4111');
    expect(out).not.toContain('bob');
  });

  it('a path rule that fails after a detector that would have passed', async () => {
    const out = (await loaded(maskDetected('**', ['email'], redact()), mask('ip', truncateIp())))('{"ip":"nobody"}');
    expect(out).toMatch(/^MaskFailed: mask ip with truncateIp/);
  });

  it('half of a surrogate pair, which has no bytes to encrypt', async () => {
    vi.stubEnv('MASK_KEY', 'k');
    const run = await loaded(mask('a', encrypt({ key: secret('MASK_KEY') })));
    expect(run('{"a":"x\\ud800"}')).toMatch(/^MaskFailed/);
  });
});

it('a step whose detectors were not loaded fails every record', () => {
  const step = maskDetected('**', 'all', redact()).compile(compiler);
  const outcome = step.apply(documentOf('{"a":"x"}'), { record: { id: 'r', data: '' }, now: 0, batch: 0 });
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'MaskFailed', stage: 'mask' } });
});

describe('what hides too deep fails the record', async () => {
  const run = await redactor();

  it('JSON in JSON in JSON …', () => {
    let json = '{"email":"bob@example.com"}';
    for (let i = 0; i < 8; i++) json = JSON.stringify({ in: json });
    expect(run(json)).toMatch(/^MaskFailed/);
  });

  it('base64 of base64 of base64 …', () => {
    let text = 'write to bob@example.com';
    for (let i = 0; i < 8; i++) text = Buffer.from(text).toString('base64');
    expect(run(JSON.stringify({ t: text }))).toMatch(/^MaskFailed/);
  });

  it('percent signs encoded again and again', () => {
    let text = 'bob@example.com'.replace('@', '%40');
    for (let i = 0; i < 8; i++) text = text.replaceAll('%', '%25');
    expect(run(JSON.stringify({ t: text }))).toMatch(/^MaskFailed/);
  });
});
