/** Machines as the API shows them, with the newest values for lists. */
import { formatInstant, microsPerSecond, type Machine, type Micros } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { MachineRow, SeriesKind } from "../store/store.ts";
import { toldZone } from "./zone.ts";

type Now = NonNullable<Machine["now"]>;
type Attributes = SeriesKind["attributes"];

/** CPU: all that is not idle or waiting. Disk: the fullest file system. Pressure: the worst resource, some tasks stalled. */
const columns: { metric: string; by: "sum" | "max"; counts: (attributes: Attributes) => boolean }[] = [
  {
    metric: "system.cpu.utilization",
    by: "sum",
    // Of the whole machine, not of each core.
    counts: ({ "cpu.mode": mode, ...more }) =>
      mode !== "idle" && mode !== "iowait" && Object.keys(more).length === 0,
  },
  { metric: "system.memory.utilization", by: "max", counts: () => true },
  { metric: "system.filesystem.utilization", by: "max", counts: () => true },
  { metric: "system.linux.pressure", by: "max", counts: ({ stall }) => stall === "some" },
  { metric: "culprit.agent.sampling.factor", by: "max", counts: () => true },
];
/** Older values are no longer "now". */
const nowWithin = 300 * microsPerSecond;

export async function presentMachines(hub: Hub, rows: readonly MachineRow[]): Promise<Machine[]> {
  const now = hub.clock.now();
  const ids = rows.map((row) => row.machineId);
  const values = await valuesNow(hub, ids, now - nowWithin);
  return rows.map((row) => {
    const connected = hub.channels.connected(row.machineId);
    const found = values.get(row.machineId);
    const { state, since, evidence } = hub.health.of(row, connected);
    const conditions = hub.faults.of(row.machineId);
    const { probe, answered, address } = hub.health.watchOf(row.machineId);
    return {
      id: publicId("m", row.machineId),
      name: row.name,
      state,
      ...(since === null ? {} : { stateSince: formatInstant(since) }),
      evidence,
      ...(probe === null ? {} : { probe }),
      ...(answered === null ? {} : { probeAnsweredAt: formatInstant(answered.at) }),
      labels: row.labels,
      ...(row.group === null ? {} : { group: row.group }),
      ...timeZoneOf(row),
      ...(address === null ? {} : { address }),
      enrolledAt: formatInstant(row.enrolledAt),
      ...(row.lastContactAt === null ? {} : { lastContactAt: formatInstant(row.lastContactAt) }),
      ...(row.lastSampleAt === null ? {} : { lastSampleAt: formatInstant(row.lastSampleAt) }),
      connected,
      ...(row.clockOffsetMicros === null
        ? {}
        : { clockOffsetSeconds: row.clockOffsetMicros / microsPerSecond }),
      ...(conditions.length === 0 ? {} : { conditions }),
      ...(row.computer === null ? {} : { computer: row.computer }),
      ...(found ? { now: found } : {}),
    };
  });
}

function timeZoneOf(row: MachineRow): Pick<Machine, "timeZone" | "timeZoneSet"> {
  const timeZone = toldZone(row);
  return timeZone === undefined ? {} : { timeZone, timeZoneSet: row.timeZone !== null };
}

async function valuesNow(hub: Hub, ids: readonly number[], since: Micros): Promise<Map<number, Now>> {
  const { samples } = hub.store;
  const kinds =
    ids.length === 0
      ? []
      : await samples.kinds(
          ids,
          columns.map(({ metric }) => metric),
        );
  if (kinds.length === 0) return new Map();
  const asked = columns.map(({ metric, by, counts }) => ({
    by,
    kinds: kinds.filter((kind) => kind.metric === metric && counts(kind.attributes)),
  }));
  const { machineId, values } = await samples.newest(ids, asked, since);
  const [cpu, memory, disk, pressure, factor] = values as Columns;
  return new Map(
    Array.from(machineId, (id, row) => [
      id,
      {
        ...(factor[row]! > 1 ? { lessOften: factor[row]! } : {}),
        cpuShare: known(Math.min(1, cpu[row]!)),
        memoryShare: known(memory[row]!),
        diskShare: known(disk[row]!),
        pressureShare: known(pressure[row]!),
      },
    ]),
  );
}

type Columns = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
