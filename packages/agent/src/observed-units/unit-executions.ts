/** Runs of units as executions. */
import { createHash } from "node:crypto";
import {
  cleanName,
  formatInstant,
  microsPerSecond,
  parseInstant,
  type ExecutionInput,
  type ExecutionKind,
  type ExecutionOutcome,
  type Micros,
} from "@culprit/protocol";
import { readBootId } from "../boot.ts";
import type { Roots } from "../roots.ts";
import type { UnitRun } from "./parse-units.ts";
import type { RunningUnit } from "./running-units.ts";

/** Without an invocation's id (before systemd 232) the start tells runs apart. */
export function idOf({ unit, invocationId, startedAt }: UnitRun, roots: Roots): string {
  if (invocationId !== null) return `systemd-${invocationId}`;
  const digest = createHash("sha256")
    .update(`${readBootId(roots)} ${unit} ${startedAt}`)
    .digest("hex");
  return `systemd-${digest.slice(0, 32)}`;
}

/** The monotonic clock is finer than the text, but stands still while a machine sleeps. */
export function startOf({ startedAt, startedText }: UnitRun, bootedAt: Micros): Micros {
  const byMonotonic = bootedAt + startedAt;
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC$/.exec(startedText);
  if (!match) return byMonotonic;
  const byText = Date.parse(`${match[1]}T${match[2]}Z`) * (microsPerSecond / 1000);
  return Math.abs(byMonotonic - byText) <= 2 * microsPerSecond ? byMonotonic : byText;
}

export function executionOf(
  run: UnitRun,
  id: string,
  kind: ExecutionKind,
  startedAt: Micros,
  endedAt: Micros | null,
): ExecutionInput {
  const { unit, user, mainPid, exitCode, result, cpuSeconds, maxRssBytes, ioReadBytes, ioWriteBytes } = run;
  const { name, cleaned } = cleanName(unit.replace(/\.service$/, ""));
  const told: ExecutionInput = {
    id,
    kind,
    process: name,
    startedAt: formatInstant(Math.round(startedAt)),
    ...(mainPid === null ? {} : { pid: mainPid }),
    attributes: { user: cleanName(user).name },
    flags: cleaned ? ["observed", "name-cleaned"] : ["observed"],
  };
  if (endedAt === null) return { ...told, outcome: "running" };
  return {
    ...told,
    endedAt: formatInstant(Math.round(endedAt)),
    outcome: outcomeOf(result),
    ...(exitCode === null ? {} : { exitCode }),
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(maxRssBytes === undefined ? {} : { maxRssBytes }),
    ...(ioReadBytes === undefined ? {} : { ioReadBytes }),
    ...(ioWriteBytes === undefined ? {} : { ioWriteBytes }),
  };
}

/** It was told as running, and the unit, or the machine, has been started again since. `unwatched`: maybe long after its end. */
export function lostRun({ execution, lastSeenAt }: RunningUnit, unwatched: boolean): ExecutionInput {
  const { id, kind, process, startedAt, attributes, flags = [] } = execution;
  return {
    id,
    kind,
    process,
    startedAt,
    endedAt: formatInstant(Math.max(parseInstant(startedAt)!, lastSeenAt)),
    outcome: "lost",
    attributes,
    flags: unwatched ? [...flags, "duration-unknown"] : flags,
  };
}

function outcomeOf(result: string): ExecutionOutcome {
  if (result === "success") return "ok";
  return result === "timeout" ? "timeout" : "failed";
}
