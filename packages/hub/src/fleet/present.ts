/** Machines as the API shows them, with the newest values for lists. */
import { formatInstant, microsPerSecond, type Machine } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { MachineRow, Store } from "../store/store.ts";

type Now = NonNullable<Machine["now"]>;
type Latest = Awaited<ReturnType<Store["samples"]["latest"]>>[number];

const nowMetrics = [
  "system.cpu.utilization",
  "system.memory.utilization",
  "system.filesystem.utilization",
  "system.linux.pressure",
  "culprit.agent.sampling.factor",
];
/** Older values are no longer "now". */
const nowWithin = 300 * microsPerSecond;

export async function presentMachines(hub: Hub, rows: readonly MachineRow[]): Promise<Machine[]> {
  const now = hub.clock.now();
  const ids = rows.map((row) => row.machineId);
  const latest = ids.length === 0 ? [] : await hub.store.samples.latest(ids, nowMetrics, now - nowWithin);
  const byMachine = new Map<number, Latest[]>();
  for (const value of latest) {
    const values = byMachine.get(value.machineId);
    if (values) values.push(value);
    else byMachine.set(value.machineId, [value]);
  }
  return rows.map((row) => {
    const connected = hub.channels.connected(row.machineId);
    const values = byMachine.get(row.machineId);
    const { state, since, evidence } = hub.health.of(row, connected);
    const { probe } = hub.health.watchOf(row.machineId);
    return {
      id: publicId("m", row.machineId),
      name: row.name,
      state,
      ...(since === null ? {} : { stateSince: formatInstant(since) }),
      evidence,
      ...(probe === null ? {} : { probe }),
      enrolledAt: formatInstant(row.enrolledAt),
      ...(row.lastContactAt === null ? {} : { lastContactAt: formatInstant(row.lastContactAt) }),
      ...(row.lastSampleAt === null ? {} : { lastSampleAt: formatInstant(row.lastSampleAt) }),
      connected,
      ...(row.clockOffsetMicros === null
        ? {}
        : { clockOffsetSeconds: row.clockOffsetMicros / microsPerSecond }),
      ...(row.computer === null ? {} : { computer: row.computer }),
      ...(values ? { now: sharesNow(values) } : {}),
    };
  });
}

/** CPU: all that is not idle or waiting. Disk: the fullest file system. Pressure: the worst resource, some tasks stalled. */
export function sharesNow(values: readonly Pick<Latest, "description" | "value">[]): Now {
  const of = (metric: string, wanted: (attributes: Record<string, string>) => boolean = () => true) =>
    values
      .filter(({ description }) => description.metric === metric && wanted(description.attributes))
      .map(({ value }) => value);
  const busy = of("system.cpu.utilization", (a) => a["cpu.mode"] !== "idle" && a["cpu.mode"] !== "iowait");
  const [factor = 1] = of("culprit.agent.sampling.factor");
  return {
    ...(factor > 1 ? { lessOften: factor } : {}),
    cpuShare:
      busy.length === 0
        ? null
        : Math.min(
            1,
            busy.reduce((sum, value) => sum + value, 0),
          ),
    memoryShare: largest(of("system.memory.utilization")),
    diskShare: largest(of("system.filesystem.utilization")),
    pressureShare: largest(of("system.linux.pressure", (a) => a["stall"] === "some")),
  };
}

const largest = (all: readonly number[]): number | null => (all.length === 0 ? null : Math.max(...all));
