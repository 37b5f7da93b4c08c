/**
 * What machines did as load in units of their capacity: what was served, and what waited beside it. Pure; runs in the
 * attribution thread.
 *
 * CPU: the share of time the cores were busy, plus the tasks that waited for one (Little's law: seconds waited in a second
 * are tasks that wait) over the cores. Where the kernel counts no waiting, the tasks that were ready, or else pressure: the
 * share of time in which at least one waited. Disk: the share of time the busiest one was, plus the requests under way beyond
 * one at a time; what a single program keeps in flight for speed looks the same, so no more than `mostWaiting` count.
 */
import { diskCapacity, type MachineCapacity, type MachineSamples } from "@culprit/analysis";
import { microsPerSecond } from "@culprit/protocol/vocabulary";
import type { MachineFacts, RawSamples, SampleColumn } from "./raw-evidence.ts";

const mostWaiting = 3;

export type MachineLoad = { samples: MachineSamples | null; capacity: MachineCapacity };

/** In the order of the machines. */
export function machineLoads(machines: readonly MachineFacts[], raw: RawSamples | null): MachineLoad[] {
  return machines.map(({ machineId, cores }) => {
    const first = raw ? raw.machineId.indexOf(machineId) : -1;
    if (!raw || first < 0) return { samples: null, capacity: { cores, ioBytesPerSecond: null } };
    const end = raw.machineId.lastIndexOf(machineId) + 1;
    const column = (name: SampleColumn) => raw.values[name].subarray(first, end);
    const [busy, waiting, ready, pressure] = [
      column("cpuBusy"),
      column("tasksWaiting"),
      column("tasksReady"),
      column("cpuPressure"),
    ];
    const [diskBusy, requests] = [column("diskBusy"), column("diskRequests")];
    return {
      samples: {
        at: raw.at.subarray(first, end).map((start) => (start + raw.step) / microsPerSecond),
        load: {
          cpu: busy.map((share, at) => cpuLoad(share, waiting[at]!, ready[at]!, pressure[at]!, cores)),
          io: diskBusy.map((share, at) => diskLoad(share, requests[at]!)),
        },
        steal: column("cpuSteal").slice(),
      },
      capacity: { cores, ioBytesPerSecond: diskCapacity(diskBusy, column("diskBytes")) },
    };
  });
}

function cpuLoad(
  busy: number,
  waiting: number,
  ready: number,
  pressure: number,
  cores: number | null,
): number {
  if (cores === null) return busy;
  if (!Number.isNaN(waiting)) return busy + Math.max(0, waiting) / cores;
  if (!Number.isNaN(ready)) return Math.max(busy, ready / cores);
  return Number.isNaN(pressure) ? busy : busy + pressure / cores;
}

function diskLoad(busy: number, requests: number): number {
  return Number.isNaN(requests) ? busy : busy + Math.min(mostWaiting, Math.max(0, requests - busy));
}
