/** The expected starts of a window, each with what became of it. */
import { formatInstant, ProblemError, windowQuery, type ExpectedStart, type Micros } from "@culprit/protocol";
import { z } from "zod";
import { processFilter } from "../answers/run-filter.ts";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import { several } from "../several.ts";
import type { ExpectationRow } from "../store/store.ts";
import { readWindow, type MicrosWindow } from "../window.ts";
import { cronOf, cronStarts } from "./expected-starts.ts";
import { judgeStarts, slotsFrom, type Knowledge } from "./judge.ts";
import { readMark } from "./mark.ts";
import type { Run } from "./run.ts";
import { stateOfStart } from "./start-facts.ts";
import { inForce } from "./supervision.ts";
import { WatchList } from "./watched.ts";

export const instantsQuery = z.strictObject({
  machine: several(z.string().max(200)).meta({ description: "names or ids" }),
  ...processFilter,
  ...windowQuery,
});

const mostItems = 5000;
const mostRuns = 100_000;
const mostRunning = 20_000;
const longestWindow = 92 * 86_400_000_000;
type Start = Pick<ExpectedStart, "at" | "state" | "startedAt">;

export async function expectedStartsIn(hub: Hub, query: z.infer<typeof instantsQuery>) {
  const now = hub.clock.now();
  const window = readWindow(query, now);
  if (window.to - window.from > longestWindow)
    throw new ProblemError("invalid-request", "the window is longer than 92 days");
  const expectations = await expectationsOf(hub, query);
  const mark = (await readMark(hub.store.supervisionEvents)) ?? { deaf: [] };
  const list = await runsOf(hub, expectations, window, now);
  const names = await hub.catalogue.processes.namesOf(expectations.map(({ processId }) => processId));
  const items: ExpectedStart[] = [];
  let truncated = false;
  for (const expectation of expectations) {
    const { machineId, processId } = expectation;
    const knowledge = hub.sweep.knowledgeOf(expectation, mark, now);
    const starts = startsIn(
      expectation,
      list.of(expectation).runs,
      window,
      knowledge,
      mostItems + 1 - items.length,
    );
    for (const start of starts)
      items.push({
        process: names.get(processId)!,
        processId: publicId("p", processId),
        machine: hub.fleet.name(machineId),
        machineId: publicId("m", machineId),
        ...start,
      });
    truncated = items.length > mostItems;
    if (truncated) break;
  }
  return {
    window: { from: formatInstant(window.from), to: formatInstant(window.to) },
    items: items.slice(0, mostItems),
    truncated,
  };
}

async function expectationsOf(
  { catalogue, fleet, store }: Hub,
  { machine, process }: z.infer<typeof instantsQuery>,
): Promise<ExpectationRow[]> {
  const machines = machine && new Set(machine.map((one) => fleet.machine(one).machineId));
  const found = process && (await Promise.all(process.map((one) => catalogue.process(one))));
  const processes = found && new Set(found.map(({ processId }) => processId));
  return inForce(await store.expectations.list()).filter(
    ({ machineId, processId, cron, everySeconds }) =>
      (cron !== null || everySeconds !== null) &&
      fleet.get(machineId) !== undefined &&
      (!machines || machines.has(machineId)) &&
      (!processes || processes.has(processId)),
  );
}

async function runsOf(
  { store }: Hub,
  expectations: readonly ExpectationRow[],
  { from }: MicrosWindow,
  now: Micros,
): Promise<WatchList> {
  const list = new WatchList(expectations, []);
  if (expectations.length === 0 || from > now) return list;
  const filter = {
    from: expectations.reduce((first, one) => Math.min(first, slotsFrom(one, [], from)), from),
    machineIds: [...new Set(expectations.map(({ machineId }) => machineId))],
    processIds: [...new Set(expectations.map(({ processId }) => processId))],
  };
  list.addEnded(await store.supervisedRuns.ended(filter, mostRuns));
  list.addRunning(await store.supervisedRuns.running(mostRunning));
  list.sort();
  return list;
}

function startsIn(
  expectation: ExpectationRow,
  runs: readonly Run[],
  { from, to }: MicrosWindow,
  knowledge: Knowledge,
  most: number,
): Start[] {
  const { now } = knowledge;
  const { slots, question } = judgeStarts({ expectation, runs }, slotsFrom(expectation, [], from), knowledge);
  const grace = expectation.graceSeconds * 1_000_000;
  const past = slots
    .filter(({ at }) => at >= from && at < to)
    .map((slot): Start => {
      const state = stateOfStart(slot, question);
      const startedAt = slot.run === null ? {} : { startedAt: formatInstant(runs[slot.run]!.startedAt) };
      // Its grace is over, but the machine has not yet told.
      const unheard = state === "due" && slot.at + grace <= now;
      return { at: formatInstant(slot.at), state: unheard ? "unknown" : state, ...startedAt };
    });
  const schedule = cronOf(expectation);
  const first = Math.max(from, now + 1, expectation.effectiveFrom);
  const coming = schedule && first < to ? cronStarts(schedule, first, to, most) : [];
  return [...past, ...coming.map((at): Start => ({ at: formatInstant(at), state: "due" }))].slice(0, most);
}
