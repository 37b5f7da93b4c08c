/**
 * What this machine lets its hub ask for, by name: `/etc/culprit/allowed.yaml`, written by root alone. A file that is
 * missing, wrong in any part, or that others could have written, allows nothing.
 */
import { isTarget, listedTargets, messageOf, said, type MayReach, type Said } from "@culprit/probes";
import {
  benchmarkNames,
  limits,
  serviceName,
  serviceVerbs,
  type BenchmarkName,
  type ServiceVerb,
} from "@culprit/protocol";
import { z } from "zod";
import { hasCode } from "../spool/durable.ts";
import { readTrustedFile, UntrustedError } from "./trusted-path.ts";

export const allowedPath = "/etc/culprit/allowed.yaml";
const mostBytes = 64 * 1024;

export type AllowedService = { unit: string; verbs: readonly ServiceVerb[] };

export type AllowedFile = {
  /** By the name that the hub knows; `unit` is the machine's own. */
  services: ReadonlyMap<string, AllowedService>;
  /** By name: an absolute path and its arguments. */
  commands: ReadonlyMap<string, readonly string[]>;
  benchmarks: ReadonlySet<BenchmarkName>;
  /** As written. */
  probes: readonly string[];
  /** Whether a check of this machine may reach `address`, which is what `host` was resolved to (or the same text). */
  mayProbe: MayReach;
  /** Why nothing is allowed; null if the file is good. */
  problem: { code: "missing" | "unsafe" | "wrong"; said: Said } | null;
};

const most = 200;
const few = (things: object) => Object.keys(things).length <= most;
const thingName = z
  .string()
  .max(limits.nameCharacters)
  .regex(/^[A-Za-z0-9_][\w.@-]*$/);
const verbs = z.array(z.enum(serviceVerbs)).min(1);
const withoutNul = z
  .string()
  .max(1000)
  .refine((text) => !text.includes("\0"));
const program = withoutNul.regex(/^\/(?!.*(?:^|\/)\.\.?(?:\/|$))/);
const file = z.strictObject({
  services: z
    .record(
      serviceName,
      z.union([
        verbs.transform((verbs) => ({ unit: undefined, verbs })),
        z.strictObject({ unit: serviceName, verbs }),
      ]),
    )
    .refine(few)
    .default({}),
  commands: z
    .record(thingName, z.tuple([program], withoutNul))
    .refine(few)
    .default({}),
  benchmarks: z.union([z.literal("all"), z.array(z.enum(benchmarkNames))]).default([]),
  probes: z.array(z.string().max(253).refine(isTarget)).max(most).default([]),
});

/** Reads the file anew, so that a change counts at once. Never rejects. `owner`: who may own it beside root, for tests. */
export async function loadAllowed(path: string = allowedPath, owner = 0): Promise<AllowedFile> {
  let text: string;
  try {
    text = await readTrustedFile(path, mostBytes, owner);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return nothing("missing", said("file-missing", { file: path }));
    if (error instanceof UntrustedError) return nothing("unsafe", error.said);
    return nothing("unsafe", said("file-unreadable", { file: path, detail: messageOf(error) }));
  }
  // Loaded here: most machines have no such file, and the agent is small.
  const { parse } = await import("yaml");
  try {
    return understood(file.parse(parse(text) ?? {}));
  } catch (error) {
    if (error instanceof z.ZodError) return nothing("wrong", mistake(path, error));
    const detail = messageOf(error).replaceAll(/\s+/g, " ");
    return nothing("wrong", said("allowed-no-yaml", { file: path, detail }));
  }
}

/** The first that is found: the next shows once it is mended. */
function mistake(path: string, { issues, message }: z.ZodError): Said {
  const [issue] = issues;
  if (!issue) return said("allowed-mistake", { file: path, detail: message });
  const where = { file: path, place: issue.path.join(".") };
  if (issue.code === "unrecognized_keys")
    return said("allowed-key-unknown", { file: path, key: [...issue.path, issue.keys[0]].join(".") });
  const isWhole = issue.path.length === 1;
  if (isWhole && (issue.code === "too_big" || issue.code === "custom"))
    return said("allowed-too-many", { ...where, most });
  switch (issue.path[0]) {
    case "services":
      return issue.code === "invalid_key" || issue.path[2] === "unit"
        ? said("allowed-unit", where)
        : said("allowed-service", where);
    case "commands":
      if (issue.code === "invalid_key") return said("allowed-name", where);
      return issue.code === "custom" ? said("allowed-nul", where) : said("allowed-program", where);
    case "benchmarks":
      return said("allowed-benchmark", { ...where, names: benchmarkNames.join(", ") });
    case "probes":
      return said("allowed-target", where);
    default:
      return said("allowed-mistake", { file: path, detail: issue.message });
  }
}

function understood({ services, commands, benchmarks, probes }: z.output<typeof file>): AllowedFile {
  return {
    services: new Map(
      Object.entries(services).map(([name, { unit, verbs }]) => [name, { unit: unit ?? name, verbs }]),
    ),
    commands: new Map(Object.entries(commands)),
    benchmarks: new Set(benchmarks === "all" ? benchmarkNames : benchmarks),
    probes,
    mayProbe: listedTargets(probes),
    problem: null,
  };
}

function nothing(code: "missing" | "unsafe" | "wrong", what: Said): AllowedFile {
  return { ...understood(file.parse({})), problem: { code, said: what } };
}
