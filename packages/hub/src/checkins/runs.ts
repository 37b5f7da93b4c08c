/**
 * Executions made of signals. An end belongs to the start with the same run id. Without one it belongs to the newest start
 * that has none: if a job dies without a word, the next one's end is still its own; with the oldest every later run would
 * get the start of the one before it. Runs that overlap without ids may get each other's start, as with the vendors.
 */
import {
  cleanOutput,
  formatInstant,
  microsPerSecond,
  type CheckinVendor,
  type ExecutionInput,
  type Micros,
} from "@culprit/protocol";
import type { Hub } from "../context.ts";
import type { CheckinRow, ExecutionRow } from "../store/store.ts";
import {
  againId,
  againPrefix,
  isNameless,
  lateId,
  mayComeAgain,
  namelessId,
  prefixOf,
  runId,
} from "./run-ids.ts";
import type { Signal } from "./signal.ts";

type Told = {
  hub: Hub;
  checkin: CheckinRow;
  vendor: CheckinVendor;
  signal: Signal;
  at: Micros;
  skewed: boolean;
};

/** A client's clock is believed if it is off by no more. */
const believedMicros = 300 * microsPerSecond;
/** What comes with the same id later than this is another run, unless the id is one of those that never come again. */
const repeatedWithin = 60 * microsPerSecond;
const messageCharacters = 1000;

/** Resolves after COMMIT. */
export async function applySignal(
  hub: Hub,
  checkin: CheckinRow,
  vendor: CheckinVendor,
  signal: Signal,
): Promise<void> {
  const now = hub.clock.now();
  const believed = signal.at !== null && Math.abs(signal.at - now) <= believedMicros;
  const at = believed ? signal.at! : now;
  const told = { hub, checkin, vendor, signal, at, skewed: signal.at !== null && !believed };
  switch (signal.event) {
    case "start":
      return start(told);
    case "end":
      return signal.run === null ? endNameless(told) : endNamed(told, signal.run);
    case "log":
      return log(told);
    case "heard":
      return;
    default:
      signal.event satisfies never;
  }
}

async function start(told: Told): Promise<void> {
  const { checkin, signal } = told;
  const begin = (id: string) =>
    record(told, { id, startedAt: formatInstant(told.at), ...outputOf(signal.text) });
  if (signal.run === null) return void (await begin(namelessId(checkin.checkinId)));
  const id = runId(checkin.checkinId, signal.run);
  if ((await begin(id)) || !mayComeAgain(signal.run)) return;
  const before = (await openNamed(told, id)) ?? (await storedRun(told, id));
  if (before && told.at - (before.endedAt ?? before.startedAt) > repeatedWithin)
    await begin(againId(id, told.at));
}

/**
 * A repeated end is a duplicate by its id. One after the run was given up is a record of its own: nothing stored changes. All
 * history is searched for these alone.
 */
async function endNamed(told: Told, run: string): Promise<void> {
  const id = runId(told.checkin.checkinId, run);
  const open = await openNamed(told, id);
  if (open ? await finish(told, open) : await endAlone(told, id)) return;
  const before = await storedRun(told, id);
  if (before?.outcome === "lost") await finish(told, { ...before, executionId: lateId(id) });
  else if (!open && mayComeAgain(run) && told.at - (before?.endedAt ?? told.at) > repeatedWithin)
    await endAlone(told, againId(id, told.at));
}

/** The run under way with this id, the newest if the id was used again. */
async function openNamed({ hub, checkin }: Told, id: string): Promise<ExecutionRow | null> {
  const [again] = await hub.store.checkins.openRuns(checkin.machineId, againPrefix(id));
  return again ?? (await hub.store.checkins.openRun(checkin.machineId, id));
}

async function storedRun({ hub, checkin }: Told, id: string): Promise<ExecutionRow | undefined> {
  return (await hub.store.executions.byId(id, checkin.machineId))[0];
}

/** Ends at the same moment may find the same run: who comes second takes the next. */
async function endNameless(told: Told): Promise<void> {
  for (const row of await openRuns(told)) if (await finish(told, row)) return;
  await endAlone(told, namelessId(told.checkin.checkinId));
}

/** Those that a signal without a run id may be about, the newest first. */
async function openRuns({ hub, checkin, signal }: Told): Promise<ExecutionRow[]> {
  const rows = await hub.store.checkins.openRuns(checkin.machineId, prefixOf(checkin.checkinId));
  return rows.filter(
    ({ executionId, attributes }) =>
      (signal.endsAny || isNameless(executionId)) &&
      attributes?.["environment"] === signal.attributes["environment"],
  );
}

/** Answers whether it was this signal that ended the run. */
async function finish(
  told: Told,
  row: Pick<ExecutionRow, "machineId" | "executionId" | "startedAt" | "attributes">,
): Promise<boolean> {
  const { text } = told.signal;
  const held = text === "" ? null : await told.hub.store.executions.output(row.machineId, row.executionId);
  return record(told, {
    id: row.executionId,
    startedAt: formatInstant(row.startedAt),
    ...endOf(told, Math.max(told.at, row.startedAt)),
    attributes: { ...row.attributes, ...attributesOf(told) },
    ...outputOf(text === "" ? "" : joined(held, text)),
  });
}

/** Nobody told of the start: what the client says it took, else its length is not known. */
async function endAlone(told: Told, id: string): Promise<boolean> {
  const { durationSeconds } = told.signal;
  const startedAt = told.at - Math.round((durationSeconds ?? 0) * microsPerSecond);
  return record(
    told,
    { id, startedAt: formatInstant(startedAt), ...endOf(told, told.at), ...outputOf(told.signal.text) },
    durationSeconds === null ? ["duration-unknown"] : [],
  );
}

function endOf({ signal }: Told, at: Micros): Pick<ExecutionInput, "endedAt" | "outcome" | "exitCode"> {
  const { outcome, exitCode } = signal;
  return { endedAt: formatInstant(at), outcome, ...(exitCode === null ? {} : { exitCode }) };
}

const outputOf = (text: string): Pick<ExecutionInput, "output"> => (text === "" ? {} : { output: text });

const attributesOf = ({ vendor, signal }: Told) => ({ checkin: vendor, ...signal.attributes });

async function record(
  told: Told,
  execution: Omit<ExecutionInput, "kind" | "process">,
  flags: NonNullable<ExecutionInput["flags"]> = [],
): Promise<boolean> {
  const { hub, checkin, skewed } = told;
  const value: ExecutionInput = {
    kind: "cron",
    process: checkin.process,
    attributes: attributesOf(told),
    flags: skewed ? [...flags, "clock-skew"] : flags,
    ...execution,
  };
  const { accepted } = await hub.direct.record([{ value }], checkin.machineId);
  return accepted > 0;
}

/** Goes to the run it is about; a text about none is kept as the check-in's message. */
async function log(told: Told): Promise<void> {
  const { hub, checkin, signal } = told;
  const run =
    signal.run === null
      ? (await openRuns(told))[0]
      : await openNamed(told, runId(checkin.checkinId, signal.run));
  const kept =
    run &&
    (await hub.store.executions.changeOutput(checkin.machineId, run.executionId, (held) =>
      joined(held, signal.text),
    ));
  if (!kept)
    hub.checkIns.heard(checkin.checkinId, "log", cleanOutput(signal.text).slice(0, messageCharacters));
}

/** The end is kept of what is too long. */
const joined = (held: string | null, text: string): string =>
  cleanOutput(held === null || held === "" ? text : `${held}\n${text}`);
