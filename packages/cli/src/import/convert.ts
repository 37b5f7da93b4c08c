/** A row of cells becomes an execution as the hub takes it, or the reason why not. Pure. */
import {
  cleanName,
  executionInput,
  executionKinds,
  executionOutcomes,
  formatInstant,
  limits,
  microsPerSecond,
  type ExecutionFlag,
  type ExecutionInput,
  type Micros,
} from "@culprit/protocol";
import type { Field, Mapping } from "./fields.ts";
import type { Cell, Fault } from "./row.ts";
import { readDuration, readInstant, readSpan, type TimeForm } from "./times.ts";

export type Conversion = {
  mapping: Mapping;
  time: TimeForm;
  unitSeconds: number;
  kind: ExecutionInput["kind"];
  /** Where rows ran that do not say so; implied: the hub knows from the token. */
  machine: string | undefined;
  machineImplied: boolean;
  /** What the source calls a machine -> its name here. */
  machineNames: ReadonlyMap<string, string>;
  now: Micros;
};

export type Converted = {
  input: ExecutionInput;
  startedAt: Micros;
  endedAt: Micros;
  /** Tells runs apart that are otherwise equal. */
  key: string;
};

const outcomeWords: ReadonlyMap<string, ExecutionInput["outcome"]> = new Map([
  ...executionOutcomes.filter((one) => one !== "running").map((one) => [one, one] as const),
  ..."success succeeded successful done completed complete finished passed true sucesso exito concluido"
    .split(" ")
    .map((word) => [word, "ok"] as const),
  ..."fail failure error errored false aborted cancelled canceled falha falhou erro fallo"
    .split(" ")
    .map((word) => [word, "failed"] as const),
  ..."timedout timed_out timed-out".split(" ").map((word) => [word, "timeout"] as const),
  ..."killed crashed".split(" ").map((word) => [word, "lost"] as const),
]);

const yearMicros = 365.25 * 86_400 * microsPerSecond;
const hourMicros = 3600 * microsPerSecond;

export function convert(cells: readonly Cell[], how: Conversion): Converted | Fault {
  const { columns, attributes } = how.mapping;
  const cell = (field: Field): string => {
    const at = columns.get(field);
    return at === undefined ? "" : (cells[at] ?? "").trim();
  };
  const span = spanOf(cell, how);
  if ("reason" in span) return span;
  const flags: ExecutionFlag[] = span.ambiguous ? ["ambiguous-time"] : [];
  const name = (text: string): string => {
    const { name, cleaned } = cleanName(text);
    if (cleaned && !flags.includes("name-cleaned")) flags.push("name-cleaned");
    return name;
  };
  const process = cell("process");
  if (process === "") return { reason: "no-process" };
  const step = cell("step");
  const said = cell("machine");
  const machine = said === "" ? how.machine : (how.machineNames.get(said) ?? said);
  if (machine === undefined && !how.machineImplied) return { reason: "no-machine" };
  const kind = kindOf(cell("kind"), how.kind);
  if (!kind) return { reason: "unknown-kind", detail: cell("kind") };
  const exitCode = numberOf(cell("exitCode"));
  const outcome = outcomeOf(cell("outcome"), exitCode);
  if (outcome === null) return { reason: "unknown-outcome", detail: cell("outcome") };
  const input: ExecutionInput = {
    kind,
    process: name(process),
    startedAt: formatInstant(span.startedAt),
    endedAt: formatInstant(span.endedAt),
    outcome,
  };
  if (step !== "") input.step = name(step);
  if (machine !== undefined) input.machine = machine;
  if (cell("id") !== "") input.id = cell("id");
  if (cell("parentId") !== "") input.parentId = cell("parentId");
  if (exitCode !== null) input.exitCode = exitCode;
  for (const field of ["pid", "cpuSeconds", "maxRssBytes", "ioReadBytes", "ioWriteBytes"] as const) {
    const value = numberOf(cell(field));
    if (value !== null) input[field] = value;
  }
  const kept = attributesOf(cells, attributes);
  if (cell("user") !== "") kept["user"] = cell("user");
  if (Object.keys(kept).length > 0) input.attributes = kept;
  if (flags.length > 0) input.flags = flags;
  const checked = executionInput.safeParse(input);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const reason = Number.isNaN(exitCode) || issue?.code === "invalid_type" ? "bad-number" : "invalid";
    return { reason, detail: `${issue?.path.join(".")}: ${issue?.message}` };
  }
  const { startedAt, endedAt } = span;
  return { input, startedAt, endedAt, key: cell("key") };
}

type Span = { startedAt: Micros; endedAt: Micros; ambiguous: boolean };

function spanOf(cell: (field: Field) => string, { time, unitSeconds, now }: Conversion): Span | Fault {
  const [start, end, duration] = [cell("start"), cell("end"), cell("duration")];
  if (start === "" && (end === "" || duration === "")) return { reason: "no-start" };
  if (end === "" && duration === "") return { reason: "no-end" };
  const span = start !== "" && end !== "" ? readSpan(start, end, time) : withDuration();
  if (span === "bad-duration") return { reason: "bad-duration", detail: duration };
  if (!span)
    return { reason: "bad-time", detail: start !== "" && readInstant(start, time) ? end : start || end };
  if (span.endedAt < span.startedAt) return { reason: "ends-before-start", detail: `${start} – ${end}` };
  if (span.startedAt < now - limits.pastYears * yearMicros)
    return { reason: "too-old", detail: start || end };
  if (span.endedAt > now + limits.futureHours * hourMicros)
    return { reason: "too-new", detail: end || start };
  return span;

  function withDuration(): Span | null | "bad-duration" {
    const seconds = readDuration(duration, unitSeconds);
    if (seconds === null) return "bad-duration";
    const known = readInstant(start || end, time);
    if (!known) return null;
    const micros = Math.round(seconds * microsPerSecond);
    const [startedAt, endedAt] = start === "" ? [known.at - micros, known.at] : [known.at, known.at + micros];
    return { startedAt, endedAt, ambiguous: known.ambiguous };
  }
}

function kindOf(text: string, usual: ExecutionInput["kind"]): ExecutionInput["kind"] | undefined {
  if (text === "") return usual;
  return executionKinds.find((kind) => kind === text.toLowerCase());
}

/** Null: a word that says nothing to us. A number is an exit status. */
function outcomeOf(text: string, exitCode: number | null): ExecutionInput["outcome"] | null {
  if (text === "") return exitCode ? "failed" : "ok";
  if (/^-?\d+$/.test(text)) return Number(text) === 0 ? "ok" : "failed";
  return outcomeWords.get(text.toLowerCase()) ?? null;
}

/** NaN for what is no number: the schema refuses it. */
function numberOf(text: string): number | null {
  return text === "" ? null : Number(text);
}

function attributesOf(cells: readonly Cell[], columns: ReadonlyMap<string, number>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, at] of columns) {
    const value = cells[at];
    if (value) kept[name] = value;
  }
  return kept;
}
