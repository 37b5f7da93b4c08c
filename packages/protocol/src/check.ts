/**
 * Checks: something probed on a schedule, by the hub or by a machine's agent. Their state and numbers are series like any
 * other (`culprit.check.state`, `culprit.check.duration`, `culprit.check.value`); results keep the text.
 */
import { z } from "zod";
import { finding, findingCharacters } from "./finding.ts";
import { instant } from "./instant.ts";
import { limits } from "./limits.ts";
import { list } from "./list.ts";
import { name } from "./names.ts";
import type { ColumnsOf, ColumnSpecification } from "./samples.ts";

/** In the numbers of Nagios plugins: 0 to 3. */
export const checkStates = ["ok", "warning", "critical", "unknown"] as const;
export type CheckState = (typeof checkStates)[number];

const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[\w.:[\]-]+$/, "a host name or an address");
const port = z.number().int().min(1).max(65_535);
const percent = z.number().min(0).max(100);

/** What is probed. Commands and services are named: what the name may do stands in a root-owned file on the machine. */
export const checkTarget = z.discriminatedUnion("kind", [
  /** A systemd unit, an init script, or a process by name: whichever the machine knows under this name. */
  z.strictObject({ kind: z.literal("service"), service: name }),
  z.strictObject({ kind: z.literal("tcp"), host, port }),
  z.strictObject({
    kind: z.literal("http"),
    url: z.url({ protocol: /^https?$/ }).max(2000),
    method: z.enum(["GET", "HEAD"]).default("GET"),
    /** Status codes that are well; default 200 to 399. */
    statuses: z.array(z.number().int().min(100).max(599)).max(20).optional(),
    /** Text that the body must contain. */
    contains: z.string().min(1).max(500).optional(),
    warningSeconds: z.number().positive().max(300).optional(),
    criticalSeconds: z.number().positive().max(300).optional(),
    /** Days that the certificate must still be valid. */
    certificateDays: z.number().int().min(0).max(365).default(14),
  }),
  z.strictObject({
    kind: z.literal("dns"),
    host,
    record: z.enum(["A", "AAAA", "CNAME", "MX", "NS", "TXT"]).default("A"),
    /** One of the answers must be this. */
    expects: z.string().min(1).max(500).optional(),
    server: host.optional(),
  }),
  z.strictObject({
    kind: z.literal("ping"),
    host,
    warningSeconds: z.number().positive().max(60).optional(),
    criticalSeconds: z.number().positive().max(60).optional(),
  }),
  /** By the conventions of Nagios plugins; `command` is a name in the machine's file. */
  z.strictObject({ kind: z.literal("command"), command: name }),
  z.strictObject({
    kind: z.literal("disk"),
    /** Default: the fullest. */
    mountPoint: z.string().min(1).max(limits.nameCharacters).optional(),
    warningPercent: percent.default(85),
    criticalPercent: percent.default(95),
  }),
  z.strictObject({
    kind: z.literal("cpu"),
    warningPercent: percent.default(90),
    criticalPercent: percent.default(98),
  }),
  z.strictObject({
    kind: z.literal("memory"),
    warningPercent: percent.default(90),
    criticalPercent: percent.default(97),
  }),
  z.strictObject({
    kind: z.literal("load"),
    /** Load average of 5 minutes by core. */
    warningPerCore: z.number().positive().max(1000).default(2),
    criticalPerCore: z.number().positive().max(1000).default(4),
  }),
]);

export type CheckTarget = z.infer<typeof checkTarget>;
export type CheckKind = CheckTarget["kind"];

const schedule = {
  intervalSeconds: z.number().int().min(5).max(86_400).default(60),
  timeoutSeconds: z.number().min(0.1).max(300).default(10),
  /** Probes again, this many times and soon, before a state that got worse is believed. */
  retries: z.number().int().min(0).max(10).default(2),
};

export const checkInput = z.strictObject({
  name,
  /** Name or id of the machine whose agent probes; without one the hub does. */
  machine: z.string().min(1).max(limits.nameCharacters).optional(),
  target: checkTarget,
  ...schedule,
  running: z.boolean().default(true),
});

export type CheckInput = z.infer<typeof checkInput>;

export const checkChange = z.strictObject({
  name: name.optional(),
  target: checkTarget.optional(),
  intervalSeconds: schedule.intervalSeconds.unwrap().optional(),
  timeoutSeconds: schedule.timeoutSeconds.unwrap().optional(),
  retries: schedule.retries.unwrap().optional(),
});

export type CheckChange = z.infer<typeof checkChange>;

/** What a machine's agent is told of its checks; it keeps the list, and goes on while the hub is away. */
export const assignedCheck = z.strictObject({
  id: z.string().regex(/^c_\d{1,15}$/),
  name,
  target: checkTarget,
  ...schedule,
});

export type AssignedCheck = z.infer<typeof assignedCheck>;

export const checksPerMachine = 500;
export const assignedChecks = z.strictObject({ checks: z.array(assignedCheck).max(checksPerMachine) });
export const checkToRun = assignedCheck.pick({ id: true });

/** Numbers that a probe measured, by Nagios' performance data or its own. */
export const checkNumber = z.object({
  label: z.string().max(limits.nameCharacters),
  value: z.number(),
  unit: z.string().max(20),
});

export type CheckNumber = z.infer<typeof checkNumber>;

export const checkResult = z
  .object({
    checkId: z.string(),
    at: instant,
    state: z.enum(checkStates),
    durationSeconds: z.number(),
    text: z.string().max(2000).meta({ description: "what the probe said, first line first" }),
    numbers: z.array(checkNumber).max(20),
    finding: finding.nullable().optional().meta({
      description: "what the text says, as a code with values; not of plugins, which speak for themselves",
    }),
  })
  .meta({ id: "CheckResult" });

export type CheckResult = z.infer<typeof checkResult>;

/** Results as a part of an agent's samples: `state` by its place in `checkStates`, `numbers` and `finding` as JSON. */
export const checkResultColumns = {
  check: { type: "text", characters: 20 },
  at: { type: "integer" },
  state: { type: "integer" },
  durationSeconds: { type: "number" },
  text: { type: "text", characters: 2000 },
  numbers: { type: "text", characters: 10_000 },
  finding: { type: "text", characters: findingCharacters, nullable: true, optional: true },
} as const satisfies ColumnSpecification;

export type CheckResultColumns = ColumnsOf<typeof checkResultColumns>;

export const checkNumbers = z.array(checkNumber).max(20);

export const check = z
  .object({
    id: z.string(),
    name: z.string(),
    machine: z.string().optional(),
    machineId: z.string().optional(),
    target: checkTarget,
    intervalSeconds: z.number(),
    timeoutSeconds: z.number(),
    retries: z.number().int(),
    running: z.boolean(),
    /** Believed only after the retries; null before the first result. */
    state: z.enum(checkStates).nullable(),
    since: instant.nullable().meta({ description: "when it came to this state" }),
    flapping: z.boolean(),
    last: checkResult.nullable(),
    createdAt: instant,
  })
  .meta({ id: "Check" });

export type Check = z.infer<typeof check>;

export const checkResults = list(checkResult);

/** A time in which what was believed of a check was not ok, after its retries. */
export const checkIncident = z
  .object({
    checkId: z.string(),
    check: z.string(),
    machine: z.string().optional(),
    machineId: z.string().optional(),
    state: z.enum(checkStates).exclude(["ok"]),
    startedAt: instant,
    endedAt: instant
      .optional()
      .meta({ description: "it was in another state, or no results came any more; absent while it lasts" }),
    text: z.string().meta({ description: "what the probe said when this was believed" }),
  })
  .meta({ id: "CheckIncident" });

export type CheckIncident = z.infer<typeof checkIncident>;

const badness: Record<CheckState, number> = { ok: 1, warning: 2, unknown: 3, critical: 4 };

/** More is worse: what is critical comes before what is not known, and what does not run comes last. */
export function checkSeverity({
  running = true,
  state,
}: {
  running?: boolean;
  state: CheckState | null;
}): number {
  if (!running) return -1;
  return state === null ? 0 : badness[state];
}
