import type { CollectorFactory, Reading } from "../collector.ts";
import { counter } from "../readings.ts";

export const network: CollectorFactory = ({ roots, settings, files }) => ({
  name: "network",
  everySeconds: settings.hostSeconds,
  collect(moment) {
    const all = parseNetworkInterfaces(files.read(`${roots.proc}/net/dev`, moment));
    return { readings: [...outerInterfaces(all).flatMap(readingsOf), ...innerTraffic(all)] };
  },
});

const maxInterfaces = 64;
/** The machine's side of each container and guest: they come and go by the hundred, so only their sum is told. */
const toContainer = /^(veth|tap|vnet|cali|lxc(?!br))/;
/** Bridges and helpers that carry what other interfaces count. */
const carrier = /^(lo$|dummy\d|ifb\d|cni|flannel|docker|br-|lxcbr|virbr|kube-|nodelocaldns|sit0|tunl0)/;

/** Those by which traffic comes to the machine and leaves it. */
export function outerInterfaces(all: readonly NetworkInterface[]): NetworkInterface[] {
  return all.filter(({ name }) => !toContainer.test(name) && !carrier.test(name)).slice(0, maxInterfaces);
}

type Direction = "receive" | "transmit";
type Traffic = { bytes: number; packets: number; errors: number; dropped: number };
export type NetworkInterface = { name: string } & Record<Direction, Traffic>;

/** Lines of /proc/net/dev. Old kernels leave no space between the colon and a big number. */
export function parseNetworkInterfaces(text: string): NetworkInterface[] {
  const interfaces: NetworkInterface[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*(\S+):\s*(\d.*)$/.exec(line);
    if (!match) continue;
    const columns = match[2]!.split(/ +/).map(Number);
    if (columns.length < 12) continue;
    interfaces.push({ name: match[1]!, receive: traffic(columns, 0), transmit: traffic(columns, 8) });
  }
  return interfaces;
}

function traffic(columns: number[], from: number): Traffic {
  const [bytes, packets, errors, dropped] = columns.slice(from, from + 4) as [number, number, number, number];
  return { bytes, packets, errors, dropped };
}

const directions = ["receive", "transmit"] as const;

function readingsOf(networkInterface: NetworkInterface): Reading[] {
  return directions.flatMap((direction) => {
    const { bytes, packets, errors, dropped } = networkInterface[direction];
    const attributes = { "network.interface.name": networkInterface.name, "network.io.direction": direction };
    return [
      counter("system.network.io", "By", bytes, attributes),
      counter("system.network.packet.count", "{packet}", packets, attributes),
      counter("system.network.errors", "{error}", errors, attributes),
      counter("system.network.dropped", "{packet}", dropped, attributes),
    ];
  });
}

/** As the containers see it: what the machine sends into one is received. */
function innerTraffic(all: readonly NetworkInterface[]): Reading[] {
  const inner = all.filter(({ name }) => toContainer.test(name));
  if (inner.length === 0) return [];
  return directions.map((direction) => {
    const other = direction === "receive" ? "transmit" : "receive";
    const bytes = inner.reduce((sum, { [other]: { bytes } }) => sum + bytes, 0);
    return counter("culprit.containers.network.io", "By", bytes, { "network.io.direction": direction });
  });
}
