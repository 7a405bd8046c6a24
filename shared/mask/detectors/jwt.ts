import { detector, EVIDENCE, type Extent } from '../detector.ts';

export const jwt = detector({
  name: 'jwt',
  group: 'credentials',
  finds: 'JSON Web Tokens: signed (three parts), unsigned (two), encrypted (five).',
  needs: 'A first part that decodes to a JSON object with `alg`, `typ`, `enc` or `kid`.',
  overlooks: 'Tokens that are cut off inside their first part, and headers of more than 4 KiB.',
  rules: [{ kind: 'prefix', prefixes: ['eyJ'], besides: '.', find: findJwt, evidence: EVIDENCE.secret }],
  examples: {
    hits: [
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
      'token eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.',
    ],
    misses: ['eyJhbGciOiJIUzI1NiJ9', 'eyJ.eyJ.eyJ', 'eyJub3RoaW5nIjoxfQ.eyJzdWIiOiIxIn0.c2ln', 'eyJhbGci.notjson.sig'],
  },
});

const LONGEST_HEADER = 4096;
const LONGEST_INSIDE = 512;
const LONGEST_PART = 65_536;
const MOST_PARTS = 5;

function findJwt(text: string, start: number): Extent | undefined {
  // Inside a longer token, `x-eyJ…`, only a short look: else a text of beginnings would be read again from each.
  const inside = start > 0 && isBase64Url(text.charCodeAt(start - 1));
  const header = endOfPart(text, start, inside ? LONGEST_INSIDE : LONGEST_HEADER);
  if (header - start < 10 || text.charCodeAt(header) !== 0x2e) return undefined;
  if (!isHeader(text.slice(start, header))) return undefined;
  let end = header;
  for (let part = 1; part < MOST_PARTS && text.charCodeAt(end) === 0x2e; part++) {
    end = endOfPart(text, end + 1, LONGEST_PART);
  }
  return end - header > 4 ? [start, end] : undefined;
}

function endOfPart(text: string, start: number, most: number): number {
  const limit = Math.min(text.length, start + most);
  let at = start;
  while (at < limit && isBase64Url(text.charCodeAt(at))) at++;
  return at;
}

function isBase64Url(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) ||
    code === 0x2d ||
    code === 0x5f ||
    code === 0x3d
  );
}

function isHeader(part: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('latin1'));
    return typeof header === 'object' && header !== null && ['alg', 'typ', 'enc', 'kid'].some((name) => name in header);
  } catch {
    return false;
  }
}
