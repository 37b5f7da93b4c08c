/** Raw fields of a run, as an execution: names cleaned, missing times taken from the files, owner noted. */
import {
  cleanName,
  cleanOutput,
  executionInput,
  formatInstant,
  parseInstant,
  type ExecutionFlag,
  type ExecutionInput,
  type Micros,
} from "@culprit/protocol";
import type { RawRun } from "./format.ts";

export type RunFile = { run: RawRun; modifiedAt: Micros; owner: number };

export type ReadRun = { execution: ExecutionInput } | { error: string };

/** Made once: a schema is compiled when it is first used. */
const ownExecution = executionInput.omit({ machine: true });

/** As the observers of cron and systemd make them of what everybody can read: nobody tells such a run in their place. */
const observedId = /^(?:cron-[0-9a-f]{16}|systemd-[0-9a-f]{32})$/;

/** `end` null: it is running. Fields of the end file go over those of the start file. */
export function readRun(key: string, start: RunFile | null, end: RunFile | null, userName: string): ReadRun {
  const raw: RawRun = { ...start?.run, ...end?.run };
  const flags = new Set<ExecutionFlag>();
  for (const field of ["process", "step"]) {
    const value = raw[field];
    if (typeof value !== "string") continue;
    const { name, cleaned } = cleanName(value);
    raw[field] = name;
    if (cleaned) flags.add("name-cleaned");
  }
  // Only at its end: what runs go on to write is not told again and again.
  if (!end?.run["output"]) delete raw["output"];
  else if (typeof raw["output"] === "string") raw["output"] = cleanOutput(raw["output"]);
  raw["id"] ??= key;
  raw["startedAt"] ??= start ? formatInstant(start.modifiedAt) : undefined;
  if (end) {
    raw["endedAt"] ??= formatInstant(end.modifiedAt);
    raw["outcome"] ??= raw["exitCode"] === undefined || raw["exitCode"] === 0 ? "ok" : "failed";
    if (endsBeforeStart(raw)) {
      // Files' times of a clock that was set back meanwhile.
      raw["endedAt"] = raw["startedAt"];
      flags.add("clock-skew");
    }
  } else {
    delete raw["endedAt"];
    raw["outcome"] = "running";
  }
  raw["attributes"] = { ...(isObject(raw["attributes"]) ? raw["attributes"] : {}), user: userName };
  if (flags.size > 0) raw["flags"] = [...flags];
  const parsed = ownExecution.safeParse(raw);
  if (parsed.success)
    return observedId.test(parsed.data.id!)
      ? { error: "id: one that only the agent itself gives" }
      : { execution: parsed.data };
  const [issue] = parsed.error.issues;
  return { error: `${issue?.path.join(".")}: ${issue?.message}` };
}

function endsBeforeStart({ startedAt, endedAt }: RawRun): boolean {
  const from = typeof startedAt === "string" ? parseInstant(startedAt) : null;
  const to = typeof endedAt === "string" ? parseInstant(endedAt) : null;
  return from !== null && to !== null && to < from;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
