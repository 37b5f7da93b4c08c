import type { CollectorFactory, Reading } from "../collector.ts";
import { readText } from "../read-text.ts";

export const network: CollectorFactory = ({ roots, settings }) => ({
  name: "network",
  everySeconds: settings.hostSeconds,
  collect() {
    const interfaces = parseNetworkInterfaces(readText(`${roots.proc}/net/dev`));
    return { readings: interfaces.slice(0, maxInterfaces).flatMap(readingsOf) };
  },
});

const maxInterfaces = 64;
/** Loopback, and the machine's side of what containers and guests send through the interfaces that do count. */
const inner =
  /^(lo|dummy\d|ifb\d|veth|tap|vnet|cali|cni|flannel|lxc|docker|br-|virbr|kube-|nodelocaldns|sit0|tunl0)/;

type Direction = "receive" | "transmit";
type Traffic = { bytes: number; errors: number; dropped: number };
export type NetworkInterface = { name: string } & Record<Direction, Traffic>;

/** Lines of /proc/net/dev without inner interfaces. Old kernels leave no space between the colon and a big number. */
export function parseNetworkInterfaces(text: string): NetworkInterface[] {
  const interfaces: NetworkInterface[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*(\S+):\s*(\d.*)$/.exec(line);
    if (!match || inner.test(match[1]!)) continue;
    const columns = match[2]!.split(/ +/).map(Number);
    if (columns.length < 12) continue;
    interfaces.push({ name: match[1]!, receive: traffic(columns, 0), transmit: traffic(columns, 8) });
  }
  return interfaces;
}

function traffic(columns: number[], from: number): Traffic {
  return { bytes: columns[from]!, errors: columns[from + 2]!, dropped: columns[from + 3]! };
}

function readingsOf(networkInterface: NetworkInterface): Reading[] {
  return (["receive", "transmit"] as const).flatMap((direction) => {
    const { bytes, errors, dropped } = networkInterface[direction];
    const attributes = { "network.interface.name": networkInterface.name, "network.io.direction": direction };
    return [
      { metric: "system.network.io", attributes, unit: "By", type: "counter", value: bytes },
      { metric: "system.network.errors", attributes, unit: "{error}", type: "counter", value: errors },
      { metric: "system.network.dropped", attributes, unit: "{packet}", type: "counter", value: dropped },
    ] satisfies Reading[];
  });
}
