/**
 * Where this hub may go by itself. People name the targets of checks, so names and redirects can lead anywhere: what is
 * not an address of the public internet is reached only where the settings list it. Asked about each address right before
 * it is connected to, and never about a name alone.
 */
import { isIP } from "node:net";
import { blockList, listedTargets, type MayReach } from "@culprit/probes";

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
  ipv4: blockList(internal.filter(([address]) => isIP(address) === 4)),
  ipv6: blockList(internal.filter(([address]) => isIP(address) === 6)),
};

/** `targets`: what may be reached though it is internal (`isTarget`). */
export function mayReachFrom(targets: readonly string[]): MayReach {
  const listed = listedTargets(targets);
  return (host, address) => {
    const family = isIP(address);
    // A name that is only asked for, not connected to.
    if (family === 0) return true;
    return (
      !blocked[family === 4 ? "ipv4" : "ipv6"].check(address, family === 4 ? "ipv4" : "ipv6") ||
      listed(host, address)
    );
  };
}
