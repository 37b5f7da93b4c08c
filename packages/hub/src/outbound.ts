/**
 * Where this hub may go by itself. People name the targets of checks, so names and redirects can lead anywhere: what is
 * not an address of the public internet is reached only where the settings list it. Asked about each address right before
 * it is connected to, and never about a name alone.
 */
import { BlockList, isIP } from "node:net";

/** Special-purpose address blocks (RFC 6890 and its registry) that are not the public internet. */
const internal: readonly (readonly [address: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  // Of IPv6 only 2000::/3 is given out for the internet (RFC 4291, 2.4). What carries an address of IPv4 in it (::/96,
  // 64:ff9b::/96, 2002::/16 and others) is judged as a whole: it is of no use to a check.
  ["::", 3],
  ["4000::", 2],
  ["8000::", 1],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

// A list of both would hold IPv4 addresses to be in ::/3, being ::ffff:<address>.
const blocked = {
  ipv4: listOf(internal.filter(([address]) => isIP(address) === 4)),
  ipv6: listOf(internal.filter(([address]) => isIP(address) === 6)),
};

export type MayReach = (host: string, address: string) => boolean;

/** What `mayReachFrom` reads: none that it would read as something wider, like `10.0.0.0/`. */
export function isTarget(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%"))
    return /^(?:\*\.)?[\w-]+(?:\.[\w-]+)*$/.test(text) && !/^(?:\*\.)?[\d.]+$/.test(text);
  if (more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** `targets`: addresses, `<address>/<bits>`, host names and `*.<domain>` that may be reached though they are internal. */
export function mayReachFrom(targets: readonly string[]): MayReach {
  const networks = listOf(targets.flatMap(networkOf));
  const names = targets.filter((target) => networkOf(target).length === 0).map((name) => name.toLowerCase());
  return (host, address) => {
    const family = isIP(address);
    // A name that is only asked for, not connected to.
    if (family === 0) return true;
    const type = family === 4 ? "ipv4" : "ipv6";
    if (!blocked[type].check(address, type) || networks.check(address, type)) return true;
    const name = host.toLowerCase().replace(/\.$/, "");
    return names.some((one) => (one.startsWith("*.") ? name.endsWith(one.slice(1)) : name === one));
  };
}

function listOf(networks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  // A list of IPv4 addresses also holds for `::ffff:<address>`.
  for (const [address, bits] of networks)
    list.addSubnet(address, bits, isIP(address) === 4 ? "ipv4" : "ipv6");
  return list;
}

function networkOf(text: string): [string, number][] {
  const [address = "", bits] = text.split("/");
  const family = isIP(address);
  return family === 0 ? [] : [[address, bits === undefined ? (family === 4 ? 32 : 128) : Number(bits)]];
}
