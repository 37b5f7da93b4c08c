/** Addresses under which others may reach this machine. */
import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";

/** A host of many containers has hundreds of bridges. */
const most = 16;

/** In a lasting order; without those that only this machine, or only its own link, understands. */
export function ownAddresses(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): string[] {
  const all = Object.values(interfaces).flatMap((each) => each ?? []);
  const told = all
    .filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address);
  return [...new Set(told)].toSorted().slice(0, most);
}
