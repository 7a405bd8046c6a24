import { decodeString, memo } from '../json/index.ts';
import { type ByteString, encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import { publicAddress } from './address.ts';
import { type GeoDatabase, openGeoDatabase } from './geo-database.ts';
import { write } from './write.ts';

/** What a database can tell, by the names that documents have. Country files have the first two, City files all but the last two. */
const FIELDS = [
  'country',
  'countryName',
  'continent',
  'region',
  'regionName',
  'city',
  'postalCode',
  'latitude',
  'longitude',
  'timeZone',
  'asn',
  'organization',
] as const;
type GeoField = (typeof FIELDS)[number];

export interface GeoIpOptions {
  /** Path of the IP address. */
  readonly from: string;
  /** Path that the place is put at. */
  readonly to: string;
  /** Which of the fields to write. Default: all that the database has. */
  readonly fields?: readonly GeoField[];
  /** Path or `s3://` URI of a MaxMind DB file. Default: the setting GEOIP_DATABASE, else the country database that is shipped. */
  readonly database?: string;
}

/** Addresses remembered, at least. */
const REMEMBERED = 20_000;

export const geoIp = documented<[options: GeoIpOptions], Step>(
  {
    name: 'geoIp',
    summary:
      'Adds where an IP address (IPv4 or IPv6) is registered, from a file in MaxMind DB format. The file that is shipped knows the country. Private, reserved and unknown addresses, and what is no address, add nothing.',
    settings: {
      from: 'Path of the IP address.',
      to: 'Path that the place is put at, an object.',
      fields: `Which fields to write, of ${FIELDS.join(', ')}. Default: all that the database has.`,
      database:
        'Path (in the bundle, or of a layer under /opt) or `s3://` URI of a City, Country or ASN file. Default: the setting GEOIP_DATABASE, else the country file that is shipped.',
    },
    examples: [
      {
        shows: 'IPv4',
        args: [{ from: 'ip', to: 'geo' }],
        in: '{"ip":"8.8.8.8"}',
        out: '{"ip":"8.8.8.8","geo":{"country":"US"}}',
      },
      {
        shows: 'IPv6',
        args: [{ from: 'ip', to: 'geo' }],
        in: '{"ip":"2001:4860:4860::8888"}',
        out: '{"ip":"2001:4860:4860::8888","geo":{"country":"US"}}',
      },
      {
        shows: 'a private address',
        args: [{ from: 'ip', to: 'geo' }],
        in: '{"ip":"192.168.1.1"}',
        out: '{"ip":"192.168.1.1"}',
      },
    ],
  },
  ({ from, to, fields, database }) => ({
    name: 'geoIp',
    stage: 'enrich',
    compile(compiler) {
      const [source, target] = [compiler.selector(from, 'concrete'), compiler.selector(to, 'concrete')];
      const unknown = fields?.filter((field) => !FIELDS.includes(field)) ?? [];
      if (unknown.length > 0) compiler.fault(`fields names ${unknown.join(', ')}; known are ${FIELDS.join(', ')}`);
      let find: GeoDatabase | undefined;
      const placeOf = memo(REMEMBERED, (json) => readPlace(find!, json, fields ?? FIELDS));
      return {
        async load() {
          find = await openGeoDatabase(database);
        },
        apply(document) {
          const node = document.get(source);
          if (node === undefined) return undefined;
          const place = node.recall(placeOf);
          return place === undefined ? undefined : write(document, target, place, 'geoIp');
        },
      };
    },
  }),
);

function readPlace(find: GeoDatabase, json: JsonText, fields: readonly GeoField[]): ByteString | undefined {
  if (!json.startsWith('"')) return undefined;
  const address = publicAddress(decodeString(json));
  const record = address === undefined ? undefined : find(address);
  if (!isRecord(record)) return undefined;
  const place = fields
    .map((field) => [field, fieldOf(record, field)] as const)
    .filter(([, value]) => value !== undefined);
  return place.length === 0 ? undefined : encodeUtf8(JSON.stringify(Object.fromEntries(place)));
}

/** Where each field stands: in MaxMind's own files, or in flat ones such as the one that is shipped. */
const PLACES: Readonly<Record<GeoField, readonly string[]>> = {
  country: ['country.iso_code', 'country_code', 'registered_country.iso_code'],
  countryName: ['country.names.en', 'country_name'],
  continent: ['continent.code', 'continent_code'],
  region: ['subdivisions.0.iso_code', 'state_code'],
  regionName: ['subdivisions.0.names.en', 'state1'],
  city: ['city.names.en', 'city'],
  postalCode: ['postal.code', 'postcode'],
  latitude: ['location.latitude', 'latitude'],
  longitude: ['location.longitude', 'longitude'],
  timeZone: ['location.time_zone', 'timezone'],
  asn: ['autonomous_system_number'],
  organization: ['autonomous_system_organization'],
};

function fieldOf(record: Readonly<Record<string, unknown>>, field: GeoField): string | number | undefined {
  for (const place of PLACES[field]) {
    let value: unknown = record;
    for (const name of place.split('.')) value = isRecord(value) ? value[name] : undefined;
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return value;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
