import type { CollectorFactory, Reading } from "../collector.ts";

const modes = ["user", "nice", "system", "idle", "iowait", "irq", "steal"] as const;
type Mode = (typeof modes)[number];

/** Clock ticks by mode since the machine started. */
export type CpuTimes = Record<Mode, number>;

/** Shares of all cores' time by mode, and by core where the settings ask for it. */
export const cpu: CollectorFactory = ({ roots, settings, files }) => {
  let before = new Map<string, CpuTimes>();
  return {
    name: "cpu",
    everySeconds: settings.hostSeconds,
    collect(moment) {
      const now = parseCpuTimes(files.read(`${roots.proc}/stat`, moment));
      const readings: Reading[] = [];
      for (const [core, times] of now) {
        const earlier = before.get(core);
        if (!earlier || (core !== allCores && !settings.perCore)) continue;
        const shares = cpuShares(earlier, times);
        if (!shares) continue;
        const ofCore = core === allCores ? {} : { "cpu.logical_number": core };
        for (const mode of modes) readings.push(utilization({ "cpu.mode": mode, ...ofCore }, shares[mode]));
      }
      before = now;
      return { readings };
    },
  };
};

export const allCores = "all";

/** The `cpu` lines of /proc/stat, by core number and `all`. Kernels before 2.6.33 have fewer columns. */
export function parseCpuTimes(text: string): Map<string, CpuTimes> {
  const cores = new Map<string, CpuTimes>();
  for (const line of text.split("\n")) {
    if (!line.startsWith("cpu")) break;
    const [name, ...columns] = line.split(/ +/);
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
      columns.map(Number);
    // Guests' time is in `user` and `nice` already.
    cores.set(name!.slice(3) || allCores, { user, nice, system, idle, iowait, irq: irq + softirq, steal });
  }
  return cores;
}

/** Shares 0..1 that add up to 1; null if no time passed. */
export function cpuShares(before: CpuTimes, after: CpuTimes): CpuTimes | null {
  const shares = { ...after };
  let total = 0;
  for (const mode of modes) {
    // Idle and iowait may fall a little on some kernels.
    shares[mode] = Math.max(0, after[mode] - before[mode]);
    total += shares[mode];
  }
  if (total === 0) return null;
  for (const mode of modes) shares[mode] /= total;
  return shares;
}

function utilization(attributes: Record<string, string>, value: number): Reading {
  return { metric: "system.cpu.utilization", attributes, unit: "1", type: "gauge", value };
}
