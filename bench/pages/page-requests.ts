/** The requests that each page of the dashboard makes when it is opened, with the windows and steps that it chooses. */
import { formatInstant, type Execution, type Micros } from "@culprit/protocol";
import { machineMetrics, stepFor } from "../../packages/web/src/pages/machine-charts.ts";
import { windowToLoad } from "../../packages/web/src/timeline/view.ts";

export type PageRequest = { page: string; name: string; path: string };

/** What the pages are opened on. */
export type Subject = { now: Micros; machines: readonly string[]; run: Execution };

const hour = 3_600_000;
const day = 24 * hour;

export function pageRequests({ now, machines, run }: Subject): PageRequest[] {
  const end = Math.floor(now / 1000);
  const last = (millis: number) => span(end - millis, end);
  const loaded = (millis: number) => {
    const { from, to } = windowToLoad({ from: end - millis, to: end });
    return span(from, to);
  };
  const [start, stop] = [Date.parse(run.startedAt), Date.parse(run.endedAt ?? run.startedAt)];
  const margin = Math.max(60_000, (stop - start) / 3);
  const around = span(start - margin, stop + margin);
  const machine = run.machineId;
  const process = run.processId;
  const charts = (millis: number, metric: readonly string[] = machineMetrics, window = last(millis)) =>
    path("/metrics/series", { machine, metric, stepSeconds: stepFor(millis), ...window });
  const overview = ["cpu.utilization", "memory.utilization", "filesystem.utilization", "linux.pressure"];
  const whyMetrics = ["system.cpu.utilization", "system.linux.pressure", "system.disk.io"];
  const pages: Record<string, Record<string, string>> = {
    overview: {
      "executions 24 h": path("/executions", { ...last(day), limit: 1000 }),
      "deviations 24 h": path("/deviations", { ...last(day), limit: 1000 }),
      "slow runs with verdicts": path("/deviations", {
        ...last(day),
        direction: "slow",
        verdicts: "true",
        limit: 100,
      }),
      machines: path("/machines", {}),
      "series of 20 machines": path("/metrics/series", {
        machine: machines,
        metric: overview.map((metric) => `system.${metric}`),
        stepSeconds: 120,
        ...last(hour),
      }),
    },
    timeline: {
      "counts for 24 h": path("/executions/density", loaded(day)),
      "expected starts for 24 h": path("/expectations/instants", loaded(day)),
      "executions for 24 h": path("/executions", { ...loaded(day), limit: 1000 }),
      "deviations for 24 h": path("/deviations", { ...loaded(day), limit: 1000 }),
      "counts for 7 d": path("/executions/density", loaded(7 * day)),
      "expected starts for 7 d": path("/expectations/instants", loaded(7 * day)),
      "executions for 7 d": path("/executions", { ...loaded(7 * day), limit: 1000 }),
      "deviations for 7 d": path("/deviations", { ...loaded(7 * day), limit: 1000 }),
    },
    checks: {
      "500 checks": path("/checks", {}),
      "incidents 7 d": path("/checks/incidents", last(7 * day)),
    },
    processes: {
      "statistics 30 d": path("/processes", last(30 * day)),
      "statistics 7 d": path("/processes", last(7 * day)),
      "statistics 1 d": path("/processes", last(day)),
    },
    process: {
      "statistics 30 d": path(`/processes/${process}`, last(30 * day)),
      "executions 30 d": path("/executions", { ...last(30 * day), process, limit: 1000 }),
      "deviations 30 d": path("/deviations", { ...last(30 * day), process, limit: 1000 }),
    },
    culprits: {
      "culprits 30 d": path("/culprits", {}),
      "of one victim": path("/culprits", { victim: process }),
      advice: path("/schedule/advice", {}),
    },
    differences: {
      "one hour": path("/differences", last(hour)),
      "one day of a machine": path("/differences", { ...last(day), machine }),
    },
    machine: {
      machine: path(`/machines/${machine}`, {}),
      "charts 1 h": charts(hour),
      "charts 6 h": charts(6 * hour),
      "charts 24 h": charts(day),
      "charts 7 d": charts(7 * day),
      "OS processes now": path("/os-processes", { machine, at: instant(end) }),
      "OS processes 2 d ago": path("/os-processes", { machine, at: instant(end - 2 * day) }),
      "executions 24 h": path("/executions", { ...last(day), machine, limit: 1000 }),
      "deviations 24 h": path("/deviations", { ...last(day), machine, limit: 1000 }),
    },
    why: {
      why: path(`/executions/${run.id}/why`, { machine }),
      "executions around": path("/executions", { ...around, limit: 1000 }),
      "deviations around": path("/deviations", { ...around, limit: 1000 }),
      "charts around": charts(stop - start + 2 * margin, whyMetrics, around),
      "last 200 runs": path("/executions", {
        ...span(start - 90 * day, stop + 1000),
        process,
        machine,
        limit: 200,
      }),
    },
  };
  return Object.entries(pages).flatMap(([page, requests]) =>
    Object.entries(requests).map(([name, path]) => ({ page, name, path })),
  );
}

type Query = Record<string, string | number | readonly string[]>;

function path(route: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [String(value)])
      search.append(key, one);
  return `/api/v1${route}?${search.toString()}`;
}

const instant = (millis: number): string => formatInstant(Math.floor(millis) * 1000);
const span = (from: number, to: number) => ({ from: instant(from), to: instant(to) });
