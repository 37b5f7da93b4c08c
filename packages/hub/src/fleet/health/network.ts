/** What this machine's own network says: whether it is on one, and which router leads out of it. */
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";

/** Without loopback, and only of interfaces that have a carrier. */
export function ownAddresses(): Set<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(all.filter(({ internal }) => !internal).map(({ address }) => address));
}

/** Of IPv4; null without one, or where the system does not tell it like Linux. */
export async function defaultGateway(path = "/proc/net/route"): Promise<string | null> {
  const text = await readFile(path, "utf8").catch(() => "");
  return readGateway(text);
}

/** Addresses there are 32 bits in the order of the machine, which is little-endian wherever this runs. */
export function readGateway(routes: string): string | null {
  for (const line of routes.split("\n").slice(1)) {
    const [, destination, gateway = "", flags = ""] = line.trim().split(/\s+/);
    const leads = (Number.parseInt(flags, 16) & 0x3) === 0x3;
    if (destination === "00000000" && leads && /^[0-9A-F]{8}$/.test(gateway))
      return [...Buffer.from(gateway, "hex")].toReversed().join(".");
  }
  return null;
}

/** As sockets of both families tell it: `::ffff:192.0.2.7` is an address of IPv4. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, "");
}
