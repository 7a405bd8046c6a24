import { BlockList, isIP } from 'node:net';

/** Networks that say nothing of a place: https://www.iana.org/assignments/iana-ipv4-special-registry, …-ipv6-special-registry */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
const SPECIAL_V6 = [
  '::/127',
  '64:ff9b:1::/48',
  '100::/64',
  '2001:db8::/32',
  '3fff::/20',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

const special = new BlockList();
for (const [networks, family] of [
  [SPECIAL_V4, 'ipv4'],
  [SPECIAL_V6, 'ipv6'],
] as const) {
  for (const network of networks) {
    const [address, prefix] = network.split('/');
    special.addSubnet(address!, Number(prefix), family);
  }
}

const MAPPED = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;

/**
 * A public IP address as a database has it: IPv4 inside IPv6 as IPv4, without a zone. Undefined for what is no address,
 * and for private, reserved and documentation networks.
 */
export function publicAddress(text: string): string | undefined {
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text.trim() : text.slice(0, zone).trim();
  const family = isIP(bare);
  if (family === 0) return undefined;
  const address = family === 6 ? unmapped(bare) : bare;
  return special.check(address, address.includes(':') ? 'ipv6' : 'ipv4') ? undefined : address;
}

function unmapped(address: string): string {
  const match = MAPPED.exec(address);
  if (match === null) return address;
  if (match[1] !== undefined) return match[1];
  const [high, low] = [Number.parseInt(match[2]!, 16), Number.parseInt(match[3]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
