/**
 * What this machine lets its hub ask for, by name: `/etc/culprit/allowed.yaml`, written by root alone. A file that is
 * missing, wrong in any part, or that others could have written, allows nothing.
 */
import { isTarget, listedTargets, type MayReach } from "@culprit/probes";
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
import { readTrustedFile } from "./trusted-path.ts";

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
  problem: { code: "missing" | "unsafe" | "wrong"; detail: string } | null;
};

const most = 200;
const few = (things: object) => Object.keys(things).length <= most;
const thingName = z
  .string()
  .max(limits.nameCharacters)
  .regex(/^[A-Za-z0-9_][\w.@-]*$/, "a name of letters, digits and . _ @ -");
const verbs = z.array(z.enum(serviceVerbs)).min(1);
const withoutNul = z
  .string()
  .max(1000)
  .refine((text) => !text.includes("\0"), "contains a NUL character");
const program = withoutNul.regex(/^\/(?!.*(?:^|\/)\.\.?(?:\/|$))/, "an absolute path without . and ..");
const file = z.strictObject({
  services: z
    .record(
      serviceName,
      z.union(
        [
          verbs.transform((verbs) => ({ unit: undefined, verbs })),
          z.strictObject({ unit: serviceName, verbs }),
        ],
        { error: "[start, stop, restart], of which some may be missing, or { unit: <name>, verbs: [...] }" },
      ),
    )
    .refine(few, `more than ${most} services`)
    .default({}),
  commands: z
    .record(thingName, z.tuple([program], withoutNul))
    .refine(few, `more than ${most} commands`)
    .default({}),
  benchmarks: z
    .union([z.literal("all"), z.array(z.enum(benchmarkNames))], {
      error: `all, or a list of ${benchmarkNames.join(", ")}`,
    })
    .default([]),
  probes: z
    .array(
      z
        .string()
        .max(253)
        .refine(isTarget, { error: "a host name, *.<domain>, an address, or <address>/<bits>" }),
    )
    .max(200)
    .default([]),
});

/** Reads the file anew, so that a change counts at once. Never rejects. `owner`: who may own it beside root, for tests. */
export async function loadAllowed(path: string = allowedPath, owner = 0): Promise<AllowedFile> {
  let text: string;
  try {
    text = await readTrustedFile(path, mostBytes, owner);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return nothing("missing", `there is no file ${path}`);
    return nothing("unsafe", error instanceof Error ? error.message : String(error));
  }
  // Loaded here: most machines have no such file, and the agent is small.
  const { parse } = await import("yaml");
  try {
    return understood(file.parse(parse(text) ?? {}));
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return nothing("wrong", `${path}: ${detail}`.replaceAll(/\s+/g, " ").slice(0, 500));
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

function nothing(code: "missing" | "unsafe" | "wrong", detail: string): AllowedFile {
  return { ...understood(file.parse({})), problem: { code, detail } };
}
