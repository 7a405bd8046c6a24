import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SettingError, setting } from '../platform/settings.ts';
import type { Response } from './libraries/mmdb-reader.ts';
import { readObject } from './object.ts';

/** Finds the record of an address. */
export type GeoDatabase = (address: string) => unknown;

/** A GeoLite2 City file has about 60 MB, and must fit the function's memory beside everything else. */
const LARGEST = 512 * 1024 * 1024;

const opened = new Map<string, Promise<GeoDatabase>>();

/**
 * Opens a MaxMind DB file, once a process: a path (in the bundle, in a layer under /opt) or `s3://bucket/key`.
 * Without a location: the setting GEOIP_DATABASE, else the country database that the build puts beside the bundle.
 * https://maxmind.github.io/MaxMind-DB/
 */
export function openGeoDatabase(location: string = setting('GEOIP_DATABASE') ?? besideBundle()): Promise<GeoDatabase> {
  let database = opened.get(location);
  if (database === undefined) {
    database = open(location);
    opened.set(location, database);
    database.catch(() => opened.delete(location));
  }
  return database;
}

async function open(location: string): Promise<GeoDatabase> {
  const { Reader } = await import('./libraries/mmdb-reader.ts');
  const bytes = await read(location);
  try {
    const reader = new Reader<Response>(bytes);
    return (address) => reader.get(address);
  } catch (cause) {
    throw new SettingError(`The GeoIP database ${location} is no MaxMind DB file.`, { cause });
  }
}

async function read(location: string): Promise<Buffer> {
  try {
    return location.startsWith('s3://') ? (await readObject(location, LARGEST)).bytes : readFileSync(location);
  } catch (cause) {
    const name = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : 'unknown error';
    throw new SettingError(`The GeoIP database ${location} can't be read: ${name}.`, { cause });
  }
}

const PACKAGED = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

/** In a bundle `__dirname` is its folder; from source, the package that the build copies from. */
function besideBundle(): string {
  const copied = typeof __dirname === 'string' ? join(__dirname, 'country.mmdb') : 'country.mmdb';
  if (existsSync(copied)) return copied;
  try {
    return createRequire(join(process.cwd(), 'package.json')).resolve(PACKAGED);
  } catch {
    return copied;
  }
}
