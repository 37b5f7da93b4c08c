/** The verdicts of many slow runs at once: what `why` says of each, without what else it tells. */
import type { Baseline } from "@culprit/analysis";
import type { DeviatingExecution } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import type { ExecutionRow } from "../../store/store.ts";
import { endOfRow } from "../neighbours.ts";
import { normalThen, slowerMachine, verdictBeside } from "../slower-machine.ts";
import { rowOf } from "./blame.ts";
import { namesOf } from "./placed.ts";
import { machineFacts, sharedMachines } from "./read-evidence.ts";
import { readSamples } from "./read-samples.ts";
import { sampleMargin } from "./slice.ts";

type Verdict = Pick<DeviatingExecution, "verdict" | "blamed" | "blamedSeconds">;

/** Of the newest runs so many, and no older than this: all that run beside them are read. */
const mostRuns = 100;
const longestSpan = 2 * 86_400_000_000;
const mostNeighbours = 300_000;

type SlowRun = { row: ExecutionRow; baseline: Baseline; excessSeconds: number };

/** Of slow runs; those that are left out have none. */
export async function verdictsOf(hub: Hub, slow: readonly SlowRun[]): Promise<Map<ExecutionRow, Verdict>> {
  const now = hub.clock.now();
  const newest = Math.max(...slow.map(({ row }) => endOfRow(row, now)));
  const asked = slow
    // What is a part of another run is explained with its family, which is not known here.
    .filter(({ row }) => row.stepId === 0 && row.parentId === null && row.startedAt >= newest - longestSpan)
    .slice(0, mostRuns);
  if (asked.length === 0) return new Map();
  const rows = asked.map(({ row }) => row);
  const window = {
    from: Math.min(...rows.map(({ startedAt }) => startedAt)),
    to: Math.max(...rows.map((row) => endOfRow(row, now))),
  };
  const shared = sharedMachines(hub.settings.attribution.shared, hub.fleet);
  const machineIds = new Set(rows.map(({ machineId }) => machineId));
  for (const list of shared)
    if (list.some((machineId) => machineIds.has(machineId))) for (const one of list) machineIds.add(one);
  const around = { from: window.from - sampleMargin, to: window.to + sampleMargin };
  const [runs, samples, slower] = await Promise.all([
    hub.store.executions.measured(window, mostNeighbours),
    readSamples(hub.store.samples, [...machineIds], around),
    Promise.all(asked.map(({ row, baseline }) => slowerMachine(hub, row, baseline))),
  ]);
  const found = asked.flatMap(({ row, baseline, excessSeconds }, k) => {
    const at = rowOf(runs, row);
    if (at < 0) return [];
    const machine = slower[k]!;
    const ownSeconds = Math.min(machine.loss?.seconds ?? 0, excessSeconds);
    return [
      { row, ownSeconds, excessSeconds, subject: { row: at, normalSeconds: normalThen(baseline, machine) } },
    ];
  });
  const verdicts = await hub.attribution.verdicts({
    window,
    now,
    runs,
    machines: machineFacts(hub.fleet),
    shared,
    samples,
    subjects: found.map(({ subject }) => subject),
  });
  if (!verdicts) return new Map();
  const named = await namesOf(
    hub,
    verdicts.flatMap(({ blamed }) => blamed.map(({ processId }) => processId)),
  );
  return new Map(
    found.map(({ row, ownSeconds, excessSeconds }, at) => {
      const { blamed, seconds, largestSeconds, ...told } = verdicts[at]!;
      const verdict =
        ownSeconds > 0
          ? verdictBeside(told.verdict, largestSeconds, ownSeconds, excessSeconds)
          : told.verdict;
      const names = [...new Set(blamed.map((place) => named(place).process))];
      const isBlamed = names.length > 0 && (verdict === "culprit" || verdict === "not-separable");
      return [row, { verdict, ...(isBlamed ? { blamed: names, blamedSeconds: seconds } : {}) }];
    }),
  );
}
