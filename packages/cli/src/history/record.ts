/** The status of a machine over one step of time: what is saved, one JSON object a line, and averaged. */
import {
  formatInstant,
  instant,
  limits,
  liveFigures,
  liveFigureUnits,
  name,
  type LiveFigure,
  type LiveFigures,
  type Series,
} from "@culprit/protocol";
import { z } from "zod";

const figure = z.number().min(0).max(limits.magnitude).nullable();

/** Keys of later versions are left out. */
export const historyRecord = z.object({
  machine: name,
  machineId: z.string().max(60),
  /** Start of the step. */
  at: instant,
  stepSeconds: z
    .number()
    .min(1)
    .max(30 * 86_400),
  cpuShare: figure,
  memoryShare: figure,
  swapShare: figure,
  loadOneMinute: figure,
  pressureShare: figure,
  diskBusyShare: figure,
  diskReadBytesPerSecond: figure,
  diskWriteBytesPerSecond: figure,
  networkReceiveBytesPerSecond: figure,
  networkTransmitBytesPerSecond: figure,
  fileSystemShare: figure,
} satisfies Record<LiveFigure | "machine" | "machineId" | "at" | "stepSeconds", z.ZodType>);

export type HistoryRecord = z.infer<typeof historyRecord>;

/** Which metrics the figures come from. */
export const historyMetrics = [
  "system.cpu.utilization",
  "system.memory.utilization",
  "system.paging.usage",
  "system.linux.load",
  "system.linux.pressure",
  "system.disk.io_time",
  "system.disk.io",
  "system.network.io",
  "system.filesystem.utilization",
];

type Measured = { metric: string; attributes: Record<string, string>; value: number };

/** One record for each step in which anything was measured, in the order of time. */
export function recordsOf(series: readonly Series[], stepSeconds: number): HistoryRecord[] {
  const byTime = new Map<number, Measured[]>();
  for (const { times, values, metric, attributes } of series) {
    for (const [index, time] of times.entries()) {
      const value = values[index];
      if (value === null || value === undefined) continue;
      const known = byTime.get(time);
      const one = { metric, attributes, value: Math.max(0, value) };
      if (known) known.push(one);
      else byTime.set(time, [one]);
    }
  }
  const [first] = series;
  if (!first) return [];
  const { machine, machineId } = first;
  return [...byTime]
    .toSorted(([one], [other]) => one - other)
    .map(([time, measured]) => ({
      machine,
      machineId,
      at: formatInstant(time * 1000),
      stepSeconds,
      ...figuresOfStep(measured),
    }));
}

/** As `figuresOf` of a look: the busiest disk, the fullest file system, the worst pressure, all traffic. */
function figuresOfStep(measured: readonly Measured[]): LiveFigures {
  const of = (metric: string, wanted: (attributes: Record<string, string>) => boolean = () => true) =>
    measured.filter((one) => one.metric === metric && wanted(one.attributes)).map(({ value }) => value);
  const most = (values: number[]) => (values.length > 0 ? Math.max(...values) : null);
  const all = (values: number[]) =>
    values.length > 0 ? values.reduce((sum, value) => sum + value, 0) : null;
  const busy = (a: Record<string, string>) =>
    a["cpu.logical_number"] === undefined && a["cpu.mode"] !== "idle" && a["cpu.mode"] !== "iowait";
  const swap = (state: string) => all(of("system.paging.usage", (a) => a["system.paging.state"] === state));
  const [swapUsed, swapFree] = [swap("used"), swap("free")];
  const direction = (name: string, value: string) => (a: Record<string, string>) => a[name] === value;
  const figures: LiveFigures = {
    cpuShare: all(of("system.cpu.utilization", busy)),
    memoryShare: most(of("system.memory.utilization")),
    swapShare:
      swapUsed !== null && swapFree !== null && swapUsed + swapFree > 0
        ? swapUsed / (swapUsed + swapFree)
        : null,
    loadOneMinute: most(of("system.linux.load", direction("load.period", "1m"))),
    pressureShare: most(of("system.linux.pressure", direction("stall", "some"))),
    diskBusyShare: most(of("system.disk.io_time")),
    diskReadBytesPerSecond: all(of("system.disk.io", direction("disk.io.direction", "read"))),
    diskWriteBytesPerSecond: all(of("system.disk.io", direction("disk.io.direction", "write"))),
    networkReceiveBytesPerSecond: all(of("system.network.io", direction("network.io.direction", "receive"))),
    networkTransmitBytesPerSecond: all(
      of("system.network.io", direction("network.io.direction", "transmit")),
    ),
    fileSystemShare: most(of("system.filesystem.utilization")),
  };
  // Modes are averaged one by one, and disks counted by the millisecond: a share may come out a little over one.
  for (const name of liveFigures) {
    const value = figures[name];
    if (value !== null && isShare(name)) figures[name] = Math.min(1, value);
  }
  return figures;
}

const isShare = (name: LiveFigure): boolean => liveFigureUnits[name] === "1" && name !== "loadOneMinute";
