import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRevealer, encrypt, kmsKey, mask, maskDetected, secret } from '../../shared/mask/index.ts';
import { loaded } from './redaction.ts';

/** As much of KMS as data keys need: what it encrypts it reads again only for the same context. */
function fakeKms(): Server {
  const known = new Map<string, { plain: string; context: string }>();
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { EncryptionContext, CiphertextBlob, KeyId } = JSON.parse(Buffer.concat(chunks).toString());
      const context = JSON.stringify(EncryptionContext);
      const answer = (status: number, body: object) => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
      };
      if (String(request.headers['x-amz-target']).endsWith('GenerateDataKey')) {
        const plain = randomBytes(32).toString('base64');
        const blob = randomBytes(180).toString('base64');
        known.set(blob, { plain, context });
        answer(200, { Plaintext: plain, CiphertextBlob: blob, KeyId });
        return;
      }
      const found = known.get(CiphertextBlob);
      if (found?.context === context) answer(200, { Plaintext: found.plain, KeyId: 'k' });
      else answer(400, { __type: 'InvalidCiphertextException', message: '' });
    });
  });
}

const kms = fakeKms();
let endpoint = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => kms.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(kms.address() as AddressInfo).port}`;
});
afterAll(() => {
  kms.closeAllConnections();
  kms.close();
});

beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('MASK_KMS_KEY', 'alias/mask');
  vi.stubEnv('MASK_KEY', 'a key for examples');
});

const JSON_TEXT =
  '{"user":{"email":"alice@example.com","age":42},"items":[{"note":"call \\"bob\\" bob@example.com"},{"note":"é"}],"carol@example.com":1.10}';

describe.each([
  ['KMS', () => encrypt({ key: kmsKey('MASK_KMS_KEY') }), {}],
  ['a secret', () => encrypt({ key: secret('MASK_KEY') }), { key: secret('MASK_KEY') }],
])('values encrypted with %s', (_name, method, options) => {
  it('come back to those who hold the key, wherever they stood', async () => {
    const run = await loaded(mask('user', method()), maskDetected('**', ['email'], method()));
    const encrypted = run(JSON_TEXT);
    for (const plain of ['alice', 'bob@', 'carol', ':42']) expect(encrypted).not.toContain(plain);
    expect(encrypted).toContain('call \\"bob\\" e1.');
    const revealed = await createRevealer({ pipeline: 'test', ...options }).documents(encrypted);
    // A number comes back as text: encrypting made it one.
    expect(revealed).toBe(JSON_TEXT.replace('42', '"42"'));
  });

  it('differ each time, so that nobody sees which are equal', async () => {
    const run = await loaded(mask('a', method()));
    expect(run('{"a":"x"}')).not.toBe(run('{"a":"x"}'));
  });

  it('belong to their path and pipeline', async () => {
    const run = await loaded(mask('items[*].a', method()));
    const { items } = JSON.parse(run('{"items":[{"a":"secret"},{"a":"other"}]}'));
    const revealer = createRevealer({ pipeline: 'test', ...options });
    expect(await revealer.text(items[0].a, 'items[7].a')).toBe('secret');
    expect(await revealer.text(items[0].a, 'items[*].a')).toBe('secret');
    await expect(revealer.text(items[0].a, 'items[0].b')).rejects.toThrow(/does not belong/);
    await expect(createRevealer({ pipeline: 'other', ...options }).text(items[0].a, 'items[*].a')).rejects.toThrow();
  });

  it('tell when a byte was changed', async () => {
    const run = await loaded(mask('a', method()));
    const { a } = JSON.parse(run('{"a":"secret"}'));
    const revealer = createRevealer({ pipeline: 'test', ...options });
    const changed = a.slice(0, -3) + (a.at(-3) === 'A' ? 'B' : 'A') + a.slice(-2);
    await expect(revealer.text(changed, 'a')).rejects.toThrow(/does not belong/);
  });
});

it('reads values of an older version of a secret, after a newer one was added', async () => {
  vi.stubEnv('MASK_KEY', '{"1":"first"}');
  const old = (await loaded(mask('a', encrypt({ key: secret('MASK_KEY') }))))('{"a":"x"}');
  vi.stubEnv('MASK_KEY', '{"1":"first","2":"second"}');
  const young = (await loaded(mask('a', encrypt({ key: secret('MASK_KEY') }))))('{"a":"y"}');
  expect(young).toContain('e1.k2.');
  const revealer = createRevealer({ pipeline: 'test', key: secret('MASK_KEY') });
  expect(await revealer.documents(`${old}\n${young}\n`)).toBe('{"a":"x"}\n{"a":"y"}');
  vi.stubEnv('MASK_KEY', '{"2":"second"}');
  await expect(createRevealer({ pipeline: 'test', key: secret('MASK_KEY') }).documents(old)).rejects.toThrow(
    /version 1/,
  );
});

it('stops at start-up when KMS has no key to give', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('MASK_KMS_KEY', '');
  await expect(loaded(mask('a', encrypt({ key: kmsKey('MASK_KMS_KEY') })))).rejects.toThrow(/MASK_KMS_KEY/);
});

describe('npm run reveal', () => {
  const command = join(import.meta.dirname, '../../shared/mask/reveal/command.ts');
  const run = promisify(execFile);

  it('reveals NDJSON and single values', async () => {
    const masked = (await loaded(mask('user.email', encrypt({ key: secret('MASK_KEY') }))))(
      '{"user":{"email":"alice@example.com"}}',
    );
    const value = JSON.parse(masked).user.email;
    const single = await run(process.execPath, [
      command,
      '--pipeline',
      'test',
      '--key',
      'MASK_KEY',
      '--path',
      'user.email',
      value,
    ]);
    expect(single.stdout).toBe('alice@example.com\n');
    const failed = await run(process.execPath, [
      command,
      '--pipeline',
      'other',
      '--key',
      'MASK_KEY',
      '--path',
      'user.email',
      value,
    ]).catch((error) => error);
    expect(failed.code).toBe(1);
    expect(failed.stderr).not.toContain('alice');
  });
});
