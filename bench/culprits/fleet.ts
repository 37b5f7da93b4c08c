/** A fleet of a month in memory: web requests, jobs of every few minutes, hourly and nightly ones; on each machine one job that slows others. */
import { sortByStart, type Evidence } from "@culprit/analysis";

export type FleetSize = { executions: number; machines: number; groups: number };

const day = 86_400;
const days = 30;
const epoch = Date.UTC(2026, 9, 1) / 1000;

/** Half of the executions are web requests of one group in ten. */
export function makeFleet({ executions, machines, groups }: FleetSize, random: () => number): Evidence {
  const perMachine = Math.floor(groups / machines);
  const web = Math.max(1, Math.round(perMachine / 10));
  const start = new Float64Array(executions);
  const end = new Float64Array(executions);
  const group = new Int32Array(executions);
  const culpritTimes = Array.from({ length: machines }, () =>
    Array.from({ length: days * 2 }, (_, k) => epoch + (k / 2 + random() * 0.4) * day),
  );
  const culpritSeconds = 1800;
  const jobs = executions - Math.floor(executions / 2);
  for (let i = 0; i < executions; i++) {
    const machine = i % machines;
    const isWeb = i >= jobs;
    const own = isWeb ? i % web : web + (Math.floor(i / machines) % (perMachine - web));
    group[i] = machine * perMachine + own;
    if (own === web) {
      const times = culpritTimes[machine]!;
      start[i] = times[Math.floor(random() * times.length)]!;
      end[i] = start[i]! + culpritSeconds * (0.9 + 0.2 * random());
      continue;
    }
    start[i] = epoch + random() * days * day;
    const usual = isWeb ? 0.5 : 20 + 20 * (own % 30);
    const beside = culpritTimes[machine]!.some((at) => at <= start[i]! && start[i]! < at + culpritSeconds);
    const slow = beside && own % 3 === 0 ? 1.6 : 1;
    end[i] = start[i]! + usual * Math.exp(0.3 * (random() + random() + random() - 1.5)) * slow;
  }
  const sorted = sortByStart({ start, end, group });
  return {
    log: { ...sorted, timed: new Uint8Array(executions).fill(1) },
    groups: {
      process: Int32Array.from({ length: machines * perMachine }, (_, i) => i),
      machine: Int32Array.from({ length: machines * perMachine }, (_, i) => Math.floor(i / perMachine)),
    },
    machines,
    sharedBy: null,
    demands: null,
    work: null,
    samples: Array.from({ length: machines }, () => null),
  };
}
