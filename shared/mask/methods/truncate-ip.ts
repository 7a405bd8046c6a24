import { documented } from '../../record/reference.ts';
import { MaskError, type Method } from '../method.ts';
import { remembered } from '../remembered.ts';

/** Addresses remembered, at least: a visitor's stand in many records. */
const REMEMBERED = 4096;

export const truncateIp = documented<[], Method>(
  {
    name: 'truncateIp',
    summary:
      'Of an IPv4 address keeps the first 24 bits, of an IPv6 address the first 48; the rest becomes zero. Lists with commas (X-Forwarded-For) keep each address so; a port goes. A value that is no address fails the record.',
    settings: {},
    examples: [
      { shows: 'IPv4', args: [], in: '{"value":"203.0.113.42"}', out: '{"value":"203.0.113.0"}' },
      {
        shows: 'IPv6',
        args: [],
        in: '{"value":"2001:db8:85a3:8d3:1319:8a2e:370:7348"}',
        out: '{"value":"2001:db8:85a3::"}',
      },
      { shows: 'IPv4 in IPv6', args: [], in: '{"value":"::ffff:203.0.113.42"}', out: '{"value":"::ffff:203.0.113.0"}' },
      { shows: 'a list', args: [], in: '{"value":"203.0.113.42, 10.0.0.1"}', out: '{"value":"203.0.113.0, 10.0.0.0"}' },
      { shows: 'no address', args: [], in: '{"value":"localhost"}', out: { failed: 'MaskFailed' } },
    ],
  },
  () => ({
    name: 'truncateIp',
    compile: () => {
      const truncated = remembered(REMEMBERED, (text) => text.split(',').map(truncatePart).join(','));
      return { mask: ({ text }) => truncated.of(text), maskJson: () => truncated.json };
    },
  }),
);

function truncatePart(part: string): string {
  const address = part.trim();
  // Access logs write a hyphen for what is not known.
  if (address === '-' || address === '') return part;
  const masked = truncateV4(address) ?? truncateV6(address);
  if (masked === undefined) throw new MaskError('truncateIp: the value is not an IP address');
  return part.replace(address, () => masked);
}

function truncateV4(address: string): string | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::\d{1,5})?$/.exec(address);
  if (match === null || match.slice(1, 5).some((octet) => Number(octet) > 255)) return undefined;
  return `${match[1]}.${match[2]}.${match[3]}.0`;
}

const MAPPED = /^(::(?:ffff:)?)(\d{1,3}(?:\.\d{1,3}){3})$/i;

function truncateV6(address: string): string | undefined {
  const bare = /^\[?([\da-f:.]{2,45})(?:%[\w.-]{1,16})?(?:\](?::\d{1,5})?)?$/i.exec(address)?.[1];
  if (bare === undefined) return undefined;
  const mapped = MAPPED.exec(bare);
  if (mapped !== null) {
    const tail = truncateV4(mapped[2]!);
    return tail === undefined ? undefined : mapped[1]! + tail;
  }
  const groups = expand(bare);
  if (groups === undefined) return undefined;
  const kept = groups.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16));
  while (kept.at(-1) === '0') kept.pop();
  return `${kept.join(':')}::`;
}

/** The eight groups of an address; undefined where it is none. */
function expand(address: string): string[] | undefined {
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : withoutQuad(half).split(':')));
  const missing = 8 - head!.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head!, ...Array<string>(tail === undefined ? 0 : missing).fill('0'), ...(tail ?? [])];
  return groups.every((group) => /^[\da-f]{1,4}$/i.test(group)) ? groups : undefined;
}

/** An IPv4 tail counts as two groups; what they are is of no interest. */
function withoutQuad(half: string): string {
  return half.replace(/\d{1,3}(?:\.\d{1,3}){3}$/, '0:0');
}
