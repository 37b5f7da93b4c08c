/** The output of `systemctl show`: what a unit's last run was. */

/** Properties of one unit by name; of one that stands more than once (ExecStart) all values, a line each. */
export type UnitProperties = ReadonlyMap<string, string>;

/** Instants are microseconds on the kernel's monotonic clock; null where systemd knows none. */
export type UnitRun = {
  unit: string;
  /** Changes with every start; null before systemd 232. */
  invocationId: string | null;
  /** When it left the inactive state, also as text of whole seconds, or finer, since 1970 in UTC. */
  startedAt: number;
  startedText: string;
  /** Null while it runs. */
  endedAt: number | null;
  user: string;
  mainPid: number | null;
  result: string;
  exitCode: number | null;
  commands: string[];
  cpuSeconds?: number;
  maxRssBytes?: number;
  ioReadBytes?: number;
  ioWriteBytes?: number;
};

export const runProperties = [
  "Id",
  "Type",
  "ActiveState",
  "Result",
  "User",
  "ExecStart",
  "ExecMainPID",
  "ExecMainCode",
  "ExecMainStatus",
  "ExecMainStartTimestampMonotonic",
  "InvocationID",
  "InactiveExitTimestamp",
  "InactiveExitTimestampMonotonic",
  "ActiveEnterTimestampMonotonic",
  "InactiveEnterTimestampMonotonic",
  "CPUUsageNSec",
  "MemoryPeak",
  "IOReadBytes",
  "IOWriteBytes",
];

/** Blocks of `Name=value` lines, with an empty line between two units. */
export function parseUnits(text: string): UnitProperties[] {
  return text
    .split(/\n{2,}/)
    .map(parseBlock)
    .filter(({ size }) => size > 0);
}

function parseBlock(block: string): UnitProperties {
  const properties = new Map<string, string>();
  for (const line of block.split("\n")) {
    const equals = line.indexOf("=");
    if (equals < 1) continue;
    const [name, value] = [line.slice(0, equals), line.slice(equals + 1)];
    const before = properties.get(name);
    properties.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  return properties;
}

/** The services that timers start, of blocks that are timers. */
export function startedByTimers(units: readonly UnitProperties[]): string[] {
  const started = units.map((unit) => unit.get("Unit") ?? "");
  return [...new Set(started)].filter((name) => name.endsWith(".service"));
}

/** Null for a unit that never ran, that was kept from running by its conditions, or that is none. */
export function runOf(unit: UnitProperties): UnitRun | null {
  const text = (name: string) => unit.get(name) ?? "";
  const instant = (name: string) => amount(unit, name) ?? 0;
  const id = text("Id");
  const startedAt = instant("InactiveExitTimestampMonotonic");
  const result = text("Result") || "success";
  if (!id.endsWith(".service") || startedAt === 0 || result === "exec-condition") return null;
  const mainStartedAt = instant("ExecMainStartTimestampMonotonic");
  // Conditions that don't hold leave the instants of an earlier run; a unit that never got to its command had no run.
  if (mainStartedAt === 0 && result === "success") return null;
  const code = instant("ExecMainCode");
  const status = instant("ExecMainStatus");
  const ofThisRun = mainStartedAt >= startedAt - forkedBefore;
  const pid = instant("ExecMainPID");
  return {
    unit: id,
    invocationId: /^[0-9a-f]{32}$/.test(text("InvocationID")) ? text("InvocationID") : null,
    startedAt,
    startedText: text("InactiveExitTimestamp"),
    endedAt: endOf(unit, startedAt),
    ...contentOf(unit),
    mainPid: ofThisRun && pid > 0 ? pid : null,
    result,
    exitCode: !ofThisRun || code === 0 ? null : code === exited ? status : 128 + status,
    ...usage(unit),
  };
}

/** What the unit's file says of its runs. */
export function contentOf(unit: UnitProperties): Pick<UnitRun, "user" | "commands"> {
  return { user: unit.get("User") || "root", commands: argumentsOf(unit.get("ExecStart") ?? "") };
}

/** CLD_EXITED; others are signals. */
const exited = 1;
/** A unit without ExecStartPre leaves the inactive state some time after its command was started. */
const forkedBefore = 100_000;

function endOf(unit: UnitProperties, startedAt: number): number | null {
  const state = unit.get("ActiveState");
  const instant = (name: string) => amount(unit, name) ?? 0;
  if (state === "inactive" || state === "failed") {
    const endedAt = instant("InactiveEnterTimestampMonotonic");
    return endedAt >= startedAt ? endedAt : null;
  }
  // A oneshot that stays active has done its work once it is.
  const activeAt = instant("ActiveEnterTimestampMonotonic");
  return unit.get("Type") === "oneshot" && state === "active" && activeAt >= startedAt ? activeAt : null;
}

/** `{ path=/bin/sh ; argv[]=/bin/sh -c x ; ignore_errors=no ; ... }` for each command. */
function argumentsOf(execStart: string): string[] {
  return [...execStart.matchAll(/argv\[\]=(.*?) ; ignore_errors=/g)].map((match) => match[1]!);
}

function usage(
  unit: UnitProperties,
): Pick<UnitRun, "cpuSeconds" | "maxRssBytes" | "ioReadBytes" | "ioWriteBytes"> {
  const nanoseconds = amount(unit, "CPUUsageNSec");
  const maxRssBytes = amount(unit, "MemoryPeak");
  const ioReadBytes = amount(unit, "IOReadBytes");
  const ioWriteBytes = amount(unit, "IOWriteBytes");
  return {
    ...(nanoseconds === null ? {} : { cpuSeconds: nanoseconds / 1e9 }),
    ...(maxRssBytes === null ? {} : { maxRssBytes }),
    ...(ioReadBytes === null ? {} : { ioReadBytes }),
    ...(ioWriteBytes === null ? {} : { ioWriteBytes }),
  };
}

/** `[not set]`, `infinity` and the largest 64-bit number mean that it is not known. */
function amount(unit: UnitProperties, name: string): number | null {
  const text = unit.get(name) ?? "";
  const value = /^\d{1,20}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}
