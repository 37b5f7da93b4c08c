/** Services of a machine that its own root-owned file lets somebody start, stop or restart from the hub. */
import { z } from "zod";
import { finding } from "./finding.ts";
import { instant } from "./instant.ts";
import { limits } from "./limits.ts";

export const serviceVerbs = ["start", "stop", "restart"] as const;
export type ServiceVerb = (typeof serviceVerbs)[number];

/**
 * Who waits how long for an order, each a little longer than the one it asks: the machine for its service (as long as
 * systemd itself), the hub for the machine, the caller for the hub.
 */
export const serviceSeconds = { command: 90, hub: 100, caller: 110 } as const;

/** A unit of systemd or a name in /etc/init.d; no path, no option. */
export const serviceName = z
  .string()
  .max(limits.nameCharacters)
  .regex(/^[A-Za-z0-9_][\w.@:-]*$/, "a unit's name");

export const serviceStates = ["running", "stopped", "failed", "unknown"] as const;

export const service = z
  .object({
    unit: serviceName,
    state: z.enum(serviceStates),
    verbs: z.array(z.enum(serviceVerbs)),
  })
  .meta({ id: "Service" });

export type Service = z.infer<typeof service>;

/** What a machine's file allows, by name: the hub can ask for nothing else. */
export const allowed = z
  .object({
    services: z.array(service).max(200),
    commands: z.array(z.string().max(limits.nameCharacters)).max(200),
    benchmarks: z.array(z.string().max(60)).max(20),
    probes: z.array(z.string().max(2000)).max(200),
    /** Why nothing is allowed, where the file is missing or refused. */
    problem: z.string().max(500).optional(),
  })
  .meta({ id: "Allowed" });

export type Allowed = z.infer<typeof allowed>;

/** As agents tell it: `problem` also as a code with values, which their hub says in the reader's language. */
export const allowedAnswer = allowed.extend({ finding: finding.optional().catch(undefined) });

export type AllowedAnswer = z.infer<typeof allowedAnswer>;

export const serviceOutcome = z
  .object({
    unit: serviceName,
    verb: z.enum(serviceVerbs),
    ok: z.boolean(),
    exitCode: z.number().int().nullable(),
    state: z.enum(serviceStates),
    durationSeconds: z.number(),
    timedOut: z
      .boolean()
      .optional()
      .meta({ description: `it was ended, for it took longer than ${serviceSeconds.command} s` }),
    output: z.string().max(10_000).meta({ description: "the last of what the command printed" }),
  })
  .meta({ id: "ServiceOutcome" });

export type ServiceOutcome = z.infer<typeof serviceOutcome>;

/** All that is written to the audit; service verbs as `service.<verb>`. */
export const auditVerbs = [
  "benchmark.run",
  "check.create",
  "check.change",
  "check.remove",
  "check.start",
  "check.stop",
  "check.run",
  "checkin.create",
  "checkin.remove",
  "enrollment-token.create",
  "enrollment-token.revoke",
  "expectation.set",
  "expectation.change",
  "expectation.remove",
  "machine.create",
  "machine.change",
  "machine.reinstall",
  "machine.remove",
  "machine.rotate-token",
  "machine.settle",
  "machine.token-replaced",
  "maintenance.create",
  "maintenance.change",
  "maintenance.remove",
  "service.start",
  "service.stop",
  "service.restart",
  "session.create",
  "session.refuse",
  "token.create",
  "token.revoke",
  "user.put",
  "user.reset",
] as const;
export type AuditVerb = (typeof auditVerbs)[number];

/** Who did what, newest first. */
export const auditEntry = z
  .object({
    at: instant,
    who: z.string(),
    /** One of `auditVerbs`; a store may hold those of other versions. */
    what: z.string(),
    machine: z.string().optional(),
    target: z.string(),
    outcome: z.enum(["done", "failed", "refused"]),
    detail: z.string(),
  })
  .meta({ id: "AuditEntry" });

export type AuditEntry = z.infer<typeof auditEntry>;
