import { BlockList, isIP } from 'node:net';
import type { Node } from '../record/document.ts';
import type { StepCompiler } from '../record/step.ts';

/** Tests whether a value is an IP address in one of the networks. IPv4 written as IPv6 (`::ffff:10.0.0.1`) counts as IPv4. */
export function inNetworks(networks: readonly string[], compiler: StepCompiler): (node: Node) => boolean {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network, compiler);
  return (node) => {
    const address = node.string;
    if (address === undefined) return false;
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}

function addNetwork(list: BlockList, network: string, compiler: StepCompiler): void {
  const [address = '', prefix, ...rest] = network.split('/');
  const family = isIP(address);
  const longest = family === 4 ? 32 : 128;
  const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (family === 0 || rest.length > 0 || !(bits <= longest)) {
    compiler.fault(`${JSON.stringify(network)} is no network: write an address, a slash and the number of bits`);
    return;
  }
  list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
}
