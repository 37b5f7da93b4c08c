/** Which hosts and addresses a machine's checks may reach: names, names below a domain, addresses and networks. */
import { BlockList, isIP } from "node:net";

export type ProbeTargets = (host: string, address: string) => boolean;

/**
 * Names match the name that was asked for, networks the address that it led to. A name that is not listed never counts by
 * a listed name that leads to the same address.
 */
export function probeTargets(listed: readonly string[]): ProbeTargets {
  const networks = new BlockList();
  const names = new Set<string>();
  const domains: string[] = [];
  for (const text of listed) {
    const [address = "", bits] = text.split("/");
    const family = isIP(address);
    if (family === 0) {
      if (text.startsWith("*.")) domains.push(plainName(text.slice(1)));
      else names.add(plainName(text));
    } else
      networks.addSubnet(address, Number(bits ?? (family === 4 ? 32 : 128)), family === 4 ? "ipv4" : "ipv6");
  }
  return (host, address) => {
    const name = plainName(host);
    if (names.has(name)) return true;
    if (isIP(name) === 0 && domains.some((domain) => name.endsWith(domain) && name.length > domain.length))
      return true;
    const bare = address.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
    const family = isIP(bare);
    return family !== 0 && networks.check(bare, family === 4 ? "ipv4" : "ipv6");
  };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
