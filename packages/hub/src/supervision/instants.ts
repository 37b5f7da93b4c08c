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
import { fairShare } from "./fair-share.ts";
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
const day = 86_400_000_000;
/** In a window of which the last day has at most one. */
const fewStarts = 1000;
type Start = Pick<ExpectedStart, "at" | "state" | "startedAt">;
type Starts = { past: Start[]; coming: Start[] };

export async function expectedStartsIn(hub: Hub, query: z.infer<typeof instantsQuery>) {
  const now = hub.clock.now();
  const window = readWindow(query, now);
  if (window.to - window.from > longestWindow)
    throw new ProblemError("invalid-request", "the window is longer than 92 days");
  const expectations = await expectationsOf(hub, query);
  const mark = (await readMark(hub.store.supervisionEvents)) ?? { deaf: [] };
  const list = await runsOf(hub, expectations, window, now);
  const names = await hub.catalogue.processes.namesOf(expectations.map(({ processId }) => processId));
  const rates = expectations.map((expectation) => startsPerMicrosecond(expectation, window));
  const length = window.to - window.from;
  const share = fairShare(
    rates.map((rate) => rate * length),
    mostItems,
  );
  const items: ExpectedStart[] = [];
  let truncated = false;
  for (const [index, expectation] of expectations.entries()) {
    const { machineId, processId } = expectation;
    const knowledge = hub.sweep.knowledgeOf(expectation, mark, now);
    // Of a few more than there may be the nearest are taken.
    const reach = rates[index]! * length > share ? (1.1 * share + 2) / rates[index]! : length;
    const near = { from: Math.max(window.from, Math.min(window.to, now) - reach), to: window.to };
    const starts = startsIn(expectation, list.of(expectation).runs, near, knowledge);
    const chosen = nearest(starts, Math.min(share, mostItems - items.length));
    truncated ||= near.from > window.from || chosen.length < starts.past.length + starts.coming.length;
    for (const start of chosen)
      items.push({
        process: names.get(processId)!,
        processId: publicId("p", processId),
        machine: hub.fleet.name(machineId),
        machineId: publicId("m", machineId),
        ...start,
      });
  }
  return { window: { from: formatInstant(window.from), to: formatInstant(window.to) }, items, truncated };
}

/** About how many an expectation asks for, by the end of the window. */
function startsPerMicrosecond(expectation: ExpectationRow, { from, to }: MicrosWindow): number {
  const schedule = cronOf(expectation);
  if (!schedule) return 1 / (expectation.everySeconds! * 1_000_000);
  const sample = { from: Math.max(from, to - day), to };
  const inSample = cronStarts(schedule, sample.from, sample.to).length;
  if (inSample > 1) return inSample / (sample.to - sample.from);
  return cronStarts(schedule, from, to, fewStarts).length / (to - from);
}

/** The newest of the past and the next to come. */
function nearest({ past, coming }: Starts, most: number): Start[] {
  const ofPast = Math.min(past.length, Math.max(Math.ceil(most / 2), most - coming.length));
  return [...past.slice(past.length - ofPast), ...coming.slice(0, Math.max(0, most - ofPast))];
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
): Starts {
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
  const coming = schedule && first < to ? cronStarts(schedule, first, to, mostItems) : [];
  return { past, coming: coming.map((at) => ({ at: formatInstant(at), state: "due" })) };
}
