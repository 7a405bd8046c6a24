import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { publicAddress } from '../../shared/enrich/address.ts';
import { openGeoDatabase } from '../../shared/enrich/geo-database.ts';
import { geoIp } from '../../shared/enrich/index.ts';
import { awsEndpoint } from '../factories/aws-endpoint.ts';
import { inWords, runThrough } from '../factories/example.ts';

const SHIPPED = createRequire(import.meta.url).resolve(
  '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
);
const folder = mkdtempSync(join(tmpdir(), 'geo-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  delete process.env.GEOIP_DATABASE;
});

async function placeOf(ip: unknown, options: Partial<Parameters<typeof geoIp>[0]> = {}): Promise<unknown> {
  const [outcome] = await runThrough({ steps: [geoIp({ from: 'ip', to: 'geo', ...options })] }, JSON.stringify({ ip }));
  const out = inWords(outcome);
  return typeof out === 'string' ? JSON.parse(out).geo : out;
}

describe('geoIp', () => {
  it.each([
    ['8.8.8.8', 'US'],
    ['91.198.174.192', 'NL'],
    ['2001:4860:4860::8888', 'US'],
    ['2001:4860:4860:0:0:0:0:8888', 'US'],
    ['::ffff:91.198.174.192', 'NL'],
    ['::ffff:5bc6:aec0', 'NL'],
    [' 8.8.8.8 ', 'US'],
  ])('knows the country of %s', async (ip, country) => {
    expect(await placeOf(ip)).toEqual({ country });
  });

  it.each([
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '127.0.0.1',
    '169.254.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '203.0.113.7',
    '::1',
    '::',
    'fe80::1%eth0',
    'fc00::1',
    'ff02::1',
    '2001:db8::1',
    '::ffff:10.0.0.1',
    '',
    'localhost',
    '8.8.8',
    '8.8.8.8.8',
    '08.8.8.8',
    '8.8.8.8:443',
    '1e3',
    null,
    true,
    134744072,
    ['8.8.8.8'],
    { ip: '8.8.8.8' },
  ])('adds nothing for %j', async (ip) => {
    expect(await placeOf(ip)).toBeUndefined();
  });

  it('leaves a document without the path as it is, and fails one that can not hold the place', async () => {
    const step = geoIp({ from: 'ip', to: 'geo.place' });
    const outcomes = await runThrough({ steps: [step] }, '{"a": 1.0}', '{"ip":"8.8.8.8","geo":5}', '[1]');
    expect(outcomes.map(inWords)).toEqual(['{"a": 1.0}', { failed: 'CannotWrite' }, '[1]']);
  });

  it('writes the fields that are asked for', async () => {
    expect(await placeOf('8.8.8.8', { fields: ['city', 'asn'] })).toBeUndefined();
    await expect(placeOf('8.8.8.8', { fields: ['town' as never] })).rejects.toThrow(
      'fields names town; known are country,',
    );
  });

  it('reads its own file by option, by GEOIP_DATABASE, or from S3', async () => {
    const copy = join(folder, 'own.mmdb');
    copyFileSync(SHIPPED, copy);
    expect(await placeOf('8.8.8.8', { database: copy })).toEqual({ country: 'US' });
    process.env.GEOIP_DATABASE = join(folder, 'missing.mmdb');
    await expect(placeOf('8.8.8.8')).rejects.toThrow(/The GeoIP database .*missing\.mmdb can't be read: ENOENT\./);
    const endpoint = await awsEndpoint((operation) =>
      operation === 'GET /geo/own.mmdb'
        ? { body: readFileSync(SHIPPED) }
        : { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' },
    );
    process.env.GEOIP_DATABASE = 's3://geo/own.mmdb';
    expect(await placeOf('8.8.8.8')).toEqual({ country: 'US' });
    await expect(placeOf('8.8.8.8', { database: 's3://geo/none.mmdb' })).rejects.toThrow("can't be read: NoSuchKey");
    await endpoint.close();
  });

  it('refuses a file that is no database', async () => {
    const file = join(folder, 'text.mmdb');
    writeFileSync(file, 'not a database');
    await expect(openGeoDatabase(file)).rejects.toThrow('is no MaxMind DB file');
  });
});

describe('an address', () => {
  it('inside IPv6 is IPv4', () => {
    expect(publicAddress('::FFFF:8.8.4.4')).toBe('8.8.4.4');
    expect(publicAddress('::ffff:808:404')).toBe('8.8.4.4');
    expect(publicAddress('2606:4700::1111')).toBe('2606:4700::1111');
  });
});
