/** Processes with statistics over a window. The runs are read as columns and counted in the analysis thread. */
import { formatInstant, type Micros, type ProcessDetail, type ProcessSummary } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { ExecutionFilter } from "../store/store.ts";
import { buffersOf } from "./normals.ts";
import { noRuns, type RunsSummary } from "./run-statistics.ts";

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
): Promise<ProcessDetail> {
  await hub.normals.latest();
  const { processId } = process;
  const columns = await hub.store.executions.columns(
    { ...filter, processIds: [processId] },
    hub.normals.mostRows,
  );
  const runs = { columns, now: hub.clock.now() };
  const { summaries, perMachine, distribution } = await hub.analysis.ask(
    "describe",
    runs,
    buffersOf(columns),
  );
  const presented = await presentSummaries(hub, summaries);
  return {
    window: { from: formatInstant(filter.from), to: formatInstant(filter.to) },
    summary: presented.find(({ step }) => step === undefined) ?? {
      processId: publicId("p", processId),
      process: process.name,
      kinds: [],
      machines: [],
      statistics: noRuns,
    },
    steps: presented.filter(({ step }) => step !== undefined),
    perMachine: perMachine
      .map(({ machineId, ...rest }) => ({ ...nameMachine(hub, machineId), ...rest }))
      .toSorted((a, b) => a.machine.localeCompare(b.machine)),
    distribution,
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
