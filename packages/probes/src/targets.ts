/** Lists of where probes may go: addresses, `<address>/<bits>`, host names and `*.<domain>`. */
import { BlockList, isIP } from "node:net";

export type MayReach = (host: string, address: string) => boolean;

/** What such a list may hold: nothing that would be read as something wider, like `10.0.0.0/` or `*`. */
export function isTarget(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%"))
    return /^(?:\*\.)?[\w-]+(?:\.[\w-]+)*\.?$/.test(text) && !/^(?:\*\.)?[\d.]+$/.test(text);
  if (more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/**
 * Names match the name that was asked for, networks the address that it led to. A name that is not listed never counts by
 * a listed name that leads to the same address.
 */
export function listedTargets(targets: readonly string[]): MayReach {
  const networks = blockList(targets.flatMap(networkOf));
  const names = targets.filter((target) => networkOf(target).length === 0).map(plainName);
  return (host, address) => {
    const name = plainName(host);
    if (names.some((one) => (one.startsWith("*.") ? isBelow(name, one.slice(1)) : name === one))) return true;
    const bare = address.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
    const family = isIP(bare);
    return family !== 0 && networks.check(bare, family === 4 ? "ipv4" : "ipv6");
  };
}

/** Of networks; one of IPv4 also holds for `::ffff:<address>`. */
export function blockList(networks: readonly (readonly [address: string, bits: number])[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of networks)
    list.addSubnet(address, bits, isIP(address) === 4 ? "ipv4" : "ipv6");
  return list;
}

function networkOf(text: string): [string, number][] {
  const [address = "", bits] = text.split("/");
  const family = isIP(address);
  return family === 0 ? [] : [[address, bits === undefined ? (family === 4 ? 32 : 128) : Number(bits)]];
}

const isBelow = (name: string, domain: string): boolean =>
  isIP(name) === 0 && name.endsWith(domain) && name.length > domain.length;

const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, "");
