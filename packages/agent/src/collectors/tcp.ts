import type { CollectorFactory, Reading } from "../collector.ts";
import { counter, gauge } from "../readings.ts";

/**
 * For the list of sockets the kernel walks a table that grows with the machine's memory (4 ms on one of 24 GB, however few
 * sockets there are) and writes 150 bytes for each: it is asked seldom, and not at all where there are more than this.
 */
const maxListed = 2000;
const listEverySeconds = 60;

export const tcp: CollectorFactory = ({ roots, settings, files }) => {
  let listedAt = -Infinity;
  return {
    name: "tcp",
    everySeconds: settings.hostSeconds,
    collect(moment) {
      const net = (file: string) => files.readIfPresent(`${roots.proc}/net/${file}`, moment) ?? "";
      const counts = parseTwoLines(net("snmp"), "Tcp");
      const sockets = parseSockets(net("sockstat"), net("sockstat6"));
      const readings: Reading[] = [];
      const count = (metric: string, unit: string, value: number | undefined) =>
        value !== undefined && readings.push(counter(metric, unit, value));
      count("system.linux.tcp.sent", "{segment}", counts.get("OutSegs"));
      count("system.linux.tcp.retransmitted", "{segment}", counts.get("RetransSegs"));
      count("system.linux.tcp.failed_opens", "{connection}", counts.get("AttemptFails"));
      count(
        "system.linux.tcp.listen_overflows",
        "{connection}",
        parseTwoLines(net("netstat"), "TcpExt").get("ListenOverflows"),
      );
      const states = new Map<string, number>();
      const note = (state: string, value: number | undefined) =>
        value !== undefined && states.set(state, value);
      // As the kernel counts them, with those that the other side has closed.
      note("established", counts.get("CurrEstab"));
      note("time_wait", sockets?.timeWait);
      const mayList = sockets !== null && sockets.inUse + sockets.timeWait <= maxListed;
      if (mayList && moment.monotonicSeconds - listedAt >= listEverySeconds) {
        listedAt = moment.monotonicSeconds;
        for (const [state, value] of countStates(net("tcp"), net("tcp6"))) states.set(state, value);
      }
      for (const [state, value] of states)
        readings.push(
          gauge("system.network.connection.count", "{connection}", value, {
            "network.transport": "tcp",
            "network.connection.state": state,
          }),
        );
      return { readings };
    },
  };
};

/** Values by name of /proc/net/snmp and netstat, where a line of names goes before each line of values. */
export function parseTwoLines(text: string, protocol: string): Map<string, number> {
  const [names, values] = text.split("\n").filter((line) => line.startsWith(`${protocol}: `));
  const numbers = values?.split(" ") ?? [];
  return new Map(
    (names?.split(" ") ?? []).flatMap((name, at) =>
      at > 0 && numbers[at] !== undefined ? [[name, Number(numbers[at])]] : [],
    ),
  );
}

/** Sockets of TCP over both versions of IP: `TCP: inuse 5 orphan 0 tw 4 alloc 17 mem 1`; null where it does not say. */
export function parseSockets(four: string, six: string): { inUse: number; timeWait: number } | null {
  const match = /^TCP: inuse (\d+) .*\btw (\d+)/m.exec(four);
  if (!match) return null;
  const inSix = /^TCP6: inuse (\d+)/m.exec(six);
  return { inUse: Number(match[1]) + Number(inSix?.[1] ?? 0), timeWait: Number(match[2]) };
}

/** The kernel's numbers of the states that a person asks about and that are not counted; the others pass within a moment. */
const stateNames: Record<string, string> = {
  "02": "syn_sent",
  "03": "syn_recv",
  "08": "close_wait",
  "0A": "listen",
};

/** Lines of /proc/net/tcp and tcp6 by state; states that none is in are there as 0. */
export function countStates(...texts: string[]): Map<string, number> {
  const counts = new Map(Object.values(stateNames).map((name) => [name, 0]));
  for (const text of texts)
    for (const [, number] of text.matchAll(/^ *\d+: [\dA-F]+:[\dA-F]+ [\dA-F]+:[\dA-F]+ ([\dA-F]{2}) /gm)) {
      const name = stateNames[number!];
      if (name !== undefined) counts.set(name, counts.get(name)! + 1);
    }
  return counts;
}
