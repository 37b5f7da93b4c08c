/** Who the latest fit blames for the excess of one slow run, in the store's ids. */
import { executionKinds, type Micros, type NotSeparable, type Why } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import type { ExecutionRow, MeasuredExecutions } from "../../store/store.ts";
import type { MicrosWindow } from "../../window.ts";
import type { Place } from "../run-model.ts";
import type { Explained, ExplainedShare } from "./fitted-model.ts";
import { namesOf, type Named } from "./placed.ts";
import { machineFacts, sharedMachines } from "./read-evidence.ts";
import { readSamples } from "./read-samples.ts";
import { sampleMargin } from "./slice.ts";

export type Blame = {
  fittedAt: Micros;
  verdict: Why["verdict"];
  shares: Why["shares"];
  /** Of each share, who. */
  places: readonly (readonly Place[])[];
  basis: Explained["basis"];
  experiment: NotSeparable["experiment"] | null;
  /** Seconds of the excess that a neighbour is blamed for; null if it was not taken into account. */
  blamedSeconds(neighbour: ExecutionRow): number | null;
};

/**
 * Null before anything was fitted, and for a run that is not in the log. `runs` are those that touch the window, and are
 * transferred; `family` never stands beside the run.
 */
export async function blameFor(
  hub: Hub,
  run: ExecutionRow,
  normalSeconds: number,
  {
    runs,
    family,
    window,
  }: { runs: MeasuredExecutions; family: readonly ExecutionRow[]; window: MicrosWindow },
): Promise<Blame | null> {
  const row = rowOf(runs, run);
  if (row < 0) return null;
  for (const member of family) {
    const its = rowOf(runs, member);
    if (its >= 0) runs.part[its] = 1;
  }
  const keys = Array.from({ length: runs.length }, (_, at) => keyOfRow(runs, at));
  const shared = sharedMachines(hub.settings.attribution.shared, hub.fleet);
  const near = [...new Set([run.machineId, ...shared.filter((list) => list.includes(run.machineId)).flat()])];
  const around = { from: window.from - sampleMargin, to: window.to + sampleMargin };
  const explained = await hub.attribution.explain({
    window,
    // A run under way is explained by what it took until then.
    now: window.to,
    runs,
    machines: machineFacts(hub.fleet),
    shared,
    samples: await readSamples(hub.store.samples, near, around),
    subject: { row, normalSeconds },
  });
  if (!explained) return null;
  const named = await namesOf(
    hub,
    explained.shares
      .flatMap(({ places }) => places)
      .concat(explained.experiment?.place ?? [])
      .map(({ processId }) => processId),
  );
  const blamed = new Map<string, number>();
  for (const [at, key] of keys.entries())
    if (!Number.isNaN(explained.blamed[at]!)) blamed.set(key, explained.blamed[at]!);
  return {
    fittedAt: explained.fittedAt,
    verdict: explained.verdict,
    shares: explained.shares.map((share) => presentShare(share, named)),
    places: explained.shares.map(({ places }) => places),
    basis: explained.basis,
    experiment: explained.experiment && {
      ...named(explained.experiment.place),
      shiftSeconds: explained.experiment.shiftSeconds,
    },
    blamedSeconds: (neighbour) => blamed.get(keyOf(neighbour)) ?? null,
  };
}

function presentShare(
  { cause, places, seconds, low, high }: ExplainedShare,
  named: Named,
): Why["shares"][number] {
  const [first, ...more] = places.map(named);
  const sameMachine = first && more.every(({ machine }) => machine === first.machine);
  return {
    cause,
    ...(first && cause === "process" ? { process: first.process } : {}),
    ...(first && cause === "group" ? { processes: [first, ...more].map(({ process }) => process) } : {}),
    ...(sameMachine ? { machine: first.machine } : {}),
    seconds,
    low,
    high,
  };
}

/** The row of a run; -1 if it is not among them. */
export function rowOf(
  runs: MeasuredExecutions,
  { machineId, processId, kind, startedAt, ...row }: ExecutionRow,
): number {
  let found = -1;
  for (let at = 0; at < runs.length; at++) {
    if (runs.startedAt[at] !== startedAt || runs.machineId[at] !== machineId) continue;
    if (runs.processId[at] !== processId || executionKinds[runs.kind[at]!] !== kind) continue;
    if (runs.endedAt[at] === row.endedAt) return at;
    found = at;
  }
  return found;
}

const keyOf = ({ machineId, processId, startedAt, endedAt }: ExecutionRow): string =>
  `${machineId}/${processId}/${startedAt}/${endedAt ?? NaN}`;

const keyOfRow = ({ machineId, processId, startedAt, endedAt }: MeasuredExecutions, row: number): string =>
  `${machineId[row]}/${processId[row]}/${startedAt[row]}/${endedAt[row]}`;
