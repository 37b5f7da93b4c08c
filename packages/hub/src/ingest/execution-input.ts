/** One execution as it came in: its schema, and what the schema can't say about its times and outcome. */
import {
  cleanOutput,
  executionInput,
  formatInstant,
  limits,
  microsPerSecond,
  parseInstant,
  type ExecutionFlag,
  type ExecutionInput,
  type ExecutionOutcome,
  type Micros,
} from "@culprit/protocol";
import type { ReportedExecution } from "../store/store.ts";
import { faultOfAttributes } from "./faulty-attributes.ts";
import { boundedFault } from "./bounded-fault.ts";

export type CheckedExecution = {
  input: ExecutionInput;
  startedAt: Micros;
  endedAt: Micros | null;
  outcome: ExecutionOutcome;
  flags: ExecutionFlag[];
};

export type Fault = { path: string; detail: string };

export type TimeLimits = { now: Micros; pastYears: number; futureHours: number };

/** Clocks of one house differ by this much without anyone being wrong. */
export const clockTolerance = 5 * microsPerSecond;
const hour = 3600 * microsPerSecond;

export function checkExecution(raw: unknown, times: TimeLimits): CheckedExecution | Fault[] {
  const fault = faultOfAttributes(raw, limits.attributes, ["string", "number", "boolean"]);
  if (fault !== null) return [{ path: "/attributes", detail: fault }];
  const parsed = executionInput.safeParse(raw);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => ({
      path: boundedFault(path.map((part) => `/${String(part)}`).join("")),
      detail: boundedFault(message),
    }));
  const input = parsed.data;
  const startedAt = parseInstant(input.startedAt)!;
  const endedAt = input.endedAt === undefined ? null : parseInstant(input.endedAt)!;
  const faults = [
    ...timeFaults("/startedAt", startedAt, times),
    ...(endedAt === null ? [] : timeFaults("/endedAt", endedAt, times)),
  ];
  if (endedAt !== null && endedAt < startedAt)
    faults.push({ path: "/endedAt", detail: "ends before it starts" });
  const outcome = outcomeOf(input);
  if (endedAt === null && outcome !== "running")
    faults.push({ path: "/endedAt", detail: `an execution that is ${outcome} needs the instant it ended` });
  if (endedAt !== null && outcome === "running")
    faults.push({ path: "/outcome", detail: "it has ended and can't be running" });
  if (faults.length > 0) return faults;
  const flags = new Set(input.flags);
  if (Math.max(startedAt, endedAt ?? startedAt) > times.now + clockTolerance) flags.add("future");
  return { input, startedAt, endedAt, outcome, flags: [...flags] };
}

function outcomeOf({ outcome, endedAt, exitCode }: ExecutionInput): ExecutionOutcome {
  return outcome ?? (endedAt === undefined ? "running" : exitCode ? "failed" : "ok");
}

/** The first instant that is too old, and the last that is not too far ahead. */
export function boundsOf({ now, pastYears, futureHours }: TimeLimits): { first: Micros; last: Micros } {
  return { first: now - pastYears * 365.25 * 24 * hour, last: now + futureHours * hour };
}

function timeFaults(path: string, at: Micros, times: TimeLimits): Fault[] {
  const { first, last } = boundsOf(times);
  if (at < first) return [{ path, detail: `more than ${times.pastYears} years back` }];
  if (at > last)
    return [{ path, detail: `more than ${times.futureHours} hours ahead of ${formatInstant(times.now)}` }];
  return [];
}

export function executionRow(
  { input, startedAt, endedAt, outcome, flags }: CheckedExecution,
  ids: { machineId: number; executionId: string; processId: number; stepId: number },
): ReportedExecution {
  const row: ReportedExecution = {
    ...ids,
    parentId: input.parentId ?? null,
    kind: input.kind,
    startedAt,
    endedAt,
    outcome,
    exitCode: input.exitCode ?? null,
    pid: input.pid ?? null,
    attributes: input.attributes ?? null,
    flags,
    cpuSeconds: input.cpuSeconds ?? null,
    maxRssBytes: input.maxRssBytes ?? null,
    ioReadBytes: input.ioReadBytes ?? null,
    ioWriteBytes: input.ioWriteBytes ?? null,
    peakCpuCores: input.peakCpuCores ?? null,
    peakIoBytesPerSecond: input.peakIoBytesPerSecond ?? null,
    runQueueSeconds: input.runQueueSeconds ?? null,
  };
  // Not spread into it: that would make each of many rows a slow object for the sake of a few.
  if (input.output !== undefined) row.output = cleanOutput(input.output);
  return row;
}
