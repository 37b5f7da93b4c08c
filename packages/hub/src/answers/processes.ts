/** Processes with statistics over a window. The runs are read as columns and counted in the analysis thread. */
import {
  formatInstant,
  noRuns,
  type DurationChange,
  type FleetChange,
  type Micros,
  type ProcessDetail,
  type ProcessSummary,
} from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { ExecutionFilter } from "../store/store.ts";
import { buffersOf } from "./normals.ts";
import { processText } from "./process-text.ts";
import type { ChangeAcross, Description, MachineDescription } from "./run-description.ts";
import type { HistoryChange } from "./run-history.ts";
import type { RunsSummary } from "./run-statistics.ts";
import { sampledRequests } from "./web-requests.ts";
import type { Locale } from "./why-text.ts";

/** By name: each process as a whole, or by its steps if only these were recorded. */
export async function listProcesses(hub: Hub, filter: ExecutionFilter): Promise<ProcessSummary[]> {
  const summaries = await summarizeRuns(hub, filter);
  const whole = new Set(summaries.filter(({ stepId }) => stepId === 0).map(({ processId }) => processId));
  const kept = summaries.filter(({ processId, stepId }) => stepId === 0 || !whole.has(processId));
  return presentSummaries(hub, kept);
}

async function summarizeRuns(hub: Hub, filter: ExecutionFilter): Promise<RunsSummary[]> {
  const fit = await hub.normals.latest();
  const now = hub.clock.now();
  if (fit.serves(filter))
    return hub.analysis.ask("summarize", { within: aligned(filter, fit.fittedAt), now });
  const columns = await hub.store.executions.columns(filter, hub.normals.mostRows);
  return hub.analysis.ask("summarize", { columns, now }, buffersOf(columns));
}

/** Shorter by less than a thousandth, so that a window that moves on with the clock is the same for a while. */
function aligned({ from, to, ...filter }: ExecutionFilter, fittedAt: Micros): ExecutionFilter {
  const grain = Math.floor((to - from) / 1000);
  return { ...filter, from: Math.ceil(from / grain) * grain, to: to < fittedAt ? to : fittedAt + 1 };
}

export async function describeOneProcess(
  hub: Hub,
  process: { processId: number; name: string },
  filter: ExecutionFilter,
  { locale, zone }: { locale: Locale; zone: string },
): Promise<ProcessDetail> {
  const { processId } = process;
  const described = await describeRuns(hub, { ...filter, processIds: [processId] }, zone);
  const presented = await presentSummaries(hub, described.summaries);
  const summary = presented.find(({ step }) => step === undefined) ?? {
    processId: publicId("p", processId),
    process: process.name,
    kinds: [],
    machines: [],
    statistics: noRuns,
  };
  const requests = await sampledRequests(hub, process.name, webRequests(described.perMachine), filter);
  const change = described.change && presentChangeAcross(hub, described.change);
  const perMachine = described.perMachine
    .map((machine) => presentMachine(hub, machine))
    .toSorted((a, b) => a.machine.localeCompare(b.machine));
  return {
    window: { from: formatInstant(filter.from), to: formatInstant(filter.to) },
    text: processText({ summary, requests, change, perMachine }, locale, zone),
    summary,
    ...(requests ? { requests } : {}),
    change,
    steps: presented.filter(({ step }) => step !== undefined),
    perMachine,
    hours: described.hours,
    distribution: described.distribution,
  };
}

/** Recorded ones by machine. */
function webRequests(machines: readonly MachineDescription[]): Map<number, number> {
  const web = machines.filter(({ kind }) => kind === "web");
  return new Map(web.map(({ machineId, statistics: { count, running } }) => [machineId, count + running]));
}

async function describeRuns(hub: Hub, filter: ExecutionFilter, zone: string): Promise<Description> {
  const fit = await hub.normals.latest();
  const now = hub.clock.now();
  if (fit.serves(filter))
    return hub.analysis.ask("describe", { within: aligned(filter, fit.fittedAt), now, zone });
  const columns = await hub.store.executions.columns(filter, hub.normals.mostRows);
  return hub.analysis.ask("describe", { columns, now, zone }, buffersOf(columns));
}

function presentMachine(hub: Hub, description: MachineDescription): ProcessDetail["perMachine"][number] {
  const { machineId, kind, statistics, changes, trend, selfOverlap } = description;
  return {
    ...nameMachine(hub, machineId),
    kind,
    statistics,
    changes: changes.map(presentChange),
    trend: trend && {
      since: formatInstant(trend.since),
      weeklyPercent: trend.perWeek * 100,
      lowPercent: trend.low * 100,
      highPercent: trend.high * 100,
    },
    selfOverlap,
  };
}

function presentChangeAcross(hub: Hub, { machineIds, everywhere, ...change }: ChangeAcross): FleetChange {
  const machines = machineIds.map((machineId) => hub.fleet.name(machineId));
  return { ...presentChange(change), machines: machines.toSorted((a, b) => a.localeCompare(b)), everywhere };
}

function presentChange(change: HistoryChange): DurationChange {
  const { medianBeforeSeconds, medianAfterSeconds, runsAfter } = change;
  const percent = (ratio: number) => (ratio - 1) * 100;
  return {
    at: formatInstant(change.at),
    changePercent: percent(change.ratio),
    lowPercent: percent(change.low),
    highPercent: percent(change.high),
    medianBeforeSeconds,
    medianAfterSeconds,
    runsAfter,
  };
}

async function presentSummaries(hub: Hub, summaries: readonly RunsSummary[]): Promise<ProcessSummary[]> {
  const processes = await hub.catalogue.processes.namesOf(summaries.map(({ processId }) => processId));
  const steps = await hub.catalogue.steps.namesOf(
    summaries.map(({ stepId }) => stepId).filter((stepId) => stepId !== 0),
  );
  return summaries
    .map(({ processId, stepId, kinds, machineIds, lastStartedAt, statistics }) => ({
      processId: publicId("p", processId),
      process: processes.get(processId)!,
      ...(stepId === 0 ? {} : { step: steps.get(stepId)! }),
      kinds,
      machines: machineIds.map((machineId) => nameMachine(hub, machineId)),
      lastStartedAt: formatInstant(lastStartedAt),
      statistics,
    }))
    .toSorted((a, b) => a.process.localeCompare(b.process) || (a.step ?? "").localeCompare(b.step ?? ""));
}

function nameMachine(hub: Hub, machineId: number): { machine: string; machineId: string } {
  return { machine: hub.fleet.name(machineId), machineId: publicId("m", machineId) };
}
