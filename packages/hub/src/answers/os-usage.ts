/** OS processes while a run lasted against their usual in windows of the same length. */
import { medianOf } from "@culprit/analysis";
import type { Why } from "@culprit/protocol";
import type { OsProcessStore } from "../store/store.ts";
import type { MicrosWindow } from "../window.ts";

export type OsUsage = Why["osProcesses"][number];
type Row = Awaited<ReturnType<OsProcessStore["usage"]>>[number];
type Amount = "cpuSeconds" | "ioBytes" | "rssBytes" | "runQueueSeconds";

/** Of each kind of resource the processes whose use exceeds their usual most. */
const mostByResource = { cpuSeconds: 10, ioBytes: 5, rssBytes: 5, runQueueSeconds: 5 } as const;
const leastWindows = 3;

/** Those first that used most CPU beyond their usual. */
export async function compareOsProcesses(
  store: OsProcessStore,
  machineId: number,
  window: MicrosWindow,
  usual: readonly MicrosWindow[],
): Promise<OsUsage[]> {
  const rows = await store.usage(machineId, [window, ...usual]);
  const before = new Map<string, Row[]>();
  for (const row of rows.filter((row) => row.window > 0)) {
    const same = before.get(nameKey(row));
    if (same) same.push(row);
    else before.set(nameKey(row), [row]);
  }
  // A window without any row was not sampled; in the others a process that is missing used nothing.
  const sampled = new Set(rows.map((row) => row.window).filter((at) => at > 0)).size;
  const usages = rows
    .filter((row) => row.window === 0)
    .map(({ name, user, cpuSeconds, ioBytes, rssBytes, runQueueSeconds }) => {
      const same = before.get(nameKey({ name, user })) ?? [];
      return {
        name,
        user,
        cpuSeconds,
        ioBytes,
        rssBytes,
        runQueueSeconds,
        usualCpuSeconds: usualAmount(same, "cpuSeconds", sampled),
        usualIoBytes: usualAmount(same, "ioBytes", sampled),
        usualRssBytes: usualAmount(same, "rssBytes", sampled),
        usualRunQueueSeconds: usualAmount(same, "runQueueSeconds", sampled),
      };
    });
  const kept = new Set<OsUsage>();
  for (const [resource, count] of Object.entries(mostByResource) as [Amount, number][]) {
    for (const usage of usages.toSorted((a, b) => excess(b, resource) - excess(a, resource)).slice(0, count))
      kept.add(usage);
  }
  return [...kept].toSorted((a, b) => excess(b, "cpuSeconds") - excess(a, "cpuSeconds"));
}

/** Null with too few sampled windows, or where it was not to be seen. */
function usualAmount(rows: readonly Row[], amount: Amount, sampled: number): number | null {
  if (sampled < leastWindows || rows.some((row) => row[amount] === null)) return null;
  const amounts = new Float64Array(sampled);
  rows.forEach((row, at) => (amounts[at] = row[amount] ?? 0));
  return medianOf(amounts);
}

function excess(usage: OsUsage, resource: Amount): number {
  const usual = {
    cpuSeconds: usage.usualCpuSeconds,
    ioBytes: usage.usualIoBytes,
    rssBytes: usage.usualRssBytes,
    runQueueSeconds: usage.usualRunQueueSeconds,
  };
  return (usage[resource] ?? 0) - (usual[resource] ?? 0);
}

const nameKey = ({ name, user }: { name: string; user: string }): string => JSON.stringify([name, user]);
