/** CPU time of full tables of OS processes by the agent's own code, as the running agent makes them. */
import { setTimeout as pause } from "node:timers/promises";
import { OsProcessReport, OsProcessTable, systemRoots } from "@culprit/agent/os-processes";

/** Of one table: how many processes it held, and the CPU time of user and system together. */
export type SnapshotCost = { processes: number; cpuMicros: number };

/** Mean of `rounds` tables after as many to warm up, with a pause before each. */
export async function snapshotCost(rounds: number, pauseMilliseconds: number): Promise<SnapshotCost> {
  const table = new OsProcessTable(systemRoots);
  const settings = { busyCpuSeconds: 0.05, busyIoBytes: 256 * 1024 };
  const report = new OsProcessReport({ table, settings, memoryBytes: 2 ** 34 });
  let cost: SnapshotCost = { processes: 0, cpuMicros: 0 };
  for (let round = 0; round < 2 * rounds; round++) {
    if (round === rounds) cost = { processes: 0, cpuMicros: 0 };
    if (pauseMilliseconds > 0) await pause(pauseMilliseconds);
    const before = process.cpuUsage();
    const moment = { at: Date.now() * 1000, monotonicSeconds: performance.now() / 1000 };
    table.look(moment);
    const processes = report.rows("all", moment).at.length;
    const { user, system } = process.cpuUsage(before);
    cost = { processes, cpuMicros: cost.cpuMicros + user + system };
  }
  table.close();
  return { ...cost, cpuMicros: cost.cpuMicros / rounds };
}
