import { detector, EVIDENCE, type Extent } from '../detector.ts';

const NUMBER = /^[+-]?\d{1,3}(?:\.\d{1,20})?(?: ?°)?(?: ?[NSEW])?$/;

export const coordinates = detector({
  name: 'coordinates',
  group: 'location',
  finds:
    'Latitude and longitude: two keys of one object, a pair of numbers under a key that names them, `37.7749, -122.4194` and `lat=37.7749&lon=-122.4194` in text.',
  needs: 'Both keys in the same object; in text four decimals or more and a keyword.',
  overlooks: 'A latitude without a longitude, and coordinates in degrees and minutes.',
  keywords: [
    'lat',
    'lon',
    'lng',
    'long',
    'latitude',
    'longitude',
    'coordinates',
    'coords',
    'coordinate',
    'location',
    'gps',
    'geo',
    'position',
    'latlng',
    'latlong',
    'located',
    'geolocation',
    'geopoint',
    'point',
    'll',
    'maps',
  ],
  rules: [
    {
      kind: 'anchor',
      characters: ',',
      before: /\d/,
      after: /[\d\s-]/,
      find: findPair,
      keyword: true,
      evidence: EVIDENCE.keyword,
    },
    {
      kind: 'word',
      first: 'digits',
      length: [1, 2],
      next: '.',
      find: findDegrees,
      keyword: true,
      evidence: EVIDENCE.shape,
    },
    {
      kind: 'word',
      first: 'letters',
      length: [5, 5],
      next: '(',
      pattern: /POINT\( ?(-?\d{1,3}\.\d{1,20} -?\d{1,2}\.\d{1,20})(?=[ )])/y,
      evidence: EVIDENCE.shape,
    },
    {
      kind: 'prefix',
      prefixes: ['lat'],
      anyCase: true,
      pattern:
        /lat(?:itude)?["']?\s{0,2}[:=]\s{0,2}["']?(-?\d{1,2}\.\d{2,20})(?=["',;&\s]{1,6}(?:lon|lng|long|longitude)["':=\s])/iy,
      evidence: EVIDENCE.shape,
    },
    {
      kind: 'prefix',
      prefixes: ['lon', 'lng'],
      anyCase: true,
      pattern:
        /(?<=lat(?:itude)?["']?\s{0,2}[:=]\s{0,2}["']?-?\d{1,2}\.\d{2,20}["',;&\s]{1,6})(?:lng|lon|long|longitude)["']?\s{0,2}[:=]\s{0,2}["']?(-?\d{1,3}\.\d{2,20})/iy,
      evidence: EVIDENCE.shape,
    },
  ],
  keys: [
    {
      names: ['lat', 'latitude', 'gpslat', 'gpslatitude', 'geolat'],
      pair: 'latitude',
      verify: (text) => NUMBER.test(text),
    },
    {
      names: ['lon', 'lng', 'long', 'longitude', 'gpslon', 'gpslng', 'gpslongitude', 'geolon', 'geolng'],
      pair: 'longitude',
      verify: (text) => NUMBER.test(text),
    },
    {
      names: [
        'coordinates',
        'coords',
        'latlng',
        'latlong',
        'latlon',
        'lnglat',
        'geopoint',
        'geolocation',
        'geocoordinates',
        'gpscoordinates',
        'gps',
      ],
      verify: (text) => /^\s{0,4}-?\d{1,3}\.\d{1,20}\s{0,4}[,; ]\s{0,4}-?\d{1,3}\.\d{1,20}\s{0,4}$/.test(text),
      verifyContainer: isNumbers,
    },
  ],
  examples: {
    hits: [
      { lat: 37.7749, lon: -122.4194 },
      { store: { Latitude: '37.7', Longitude: '-122.4' } },
      { geometry: { type: 'Point', coordinates: [-122.4194, 37.7749] } },
      { start_lat: 1.5, start_lng: 2.5 },
      'location: 37.7749, -122.4194',
      'lat: 37.7749, lon: -122.4194',
      'location 40.7128° N, 74.0060° W',
      'POINT(-122.4194 37.7749)',
      { lat: '40.7128° N', lon: '74.0060° W' },
      { latlng: '37.7749,-122.4194' },
    ],
    misses: [{ lat: 37.7749 }, '37.7749, -122.4194', { coordinates: { x: 3, y: 4 } }, { a: { lat: 1 }, b: { lon: 2 } }],
  },
});

const DEGREES = /\d{1,2}\.\d{2,8} ?° ?[NS][,;]? ?\d{1,3}\.\d{2,8} ?° ?[EW]/y;

/** `40.7128° N, 74.0060° W`. Most decimals end before a degree sign. */
function findDegrees(text: string, start: number): Extent | undefined {
  let at = start;
  while (at < start + 12 && isDecimal(text.charCodeAt(at))) at++;
  if (text.charCodeAt(at) === 0x20) at++;
  if (text.charCodeAt(at) !== 0xb0) return undefined;
  DEGREES.lastIndex = start;
  return DEGREES.test(text) ? [start, DEGREES.lastIndex] : undefined;
}

function isDecimal(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e;
}

const BEFORE = /-?\d{1,2}\.\d{4,20}$/;
const AFTER = /,\s{0,2}-?\d{1,3}\.\d{4,20}(?!\d|\.\d)/y;

function findPair(text: string, comma: number): Extent | undefined {
  const code = text.charCodeAt(comma - 1);
  if (code < 0x30 || code > 0x39) return undefined;
  const before = BEFORE.exec(text.slice(Math.max(0, comma - 25), comma));
  if (before === null) return undefined;
  AFTER.lastIndex = comma;
  const after = AFTER.exec(text);
  const start = comma - before[0].length;
  if (after === null || /[\d.]/.test(text[start - 1] ?? '')) return undefined;
  const isPlace = Math.abs(Number(before[0])) <= 90 && Math.abs(Number(after[0].slice(1))) <= 180;
  return isPlace ? [start, comma + after[0].length] : undefined;
}

/** An array of numbers with decimals, or arrays of them. */
function isNumbers(json: string): boolean {
  return json.startsWith('[') && json.includes('.') && !/[^\d\s[\],.eE+-]/.test(json);
}
