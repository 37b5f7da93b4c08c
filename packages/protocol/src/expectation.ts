/** What is expected of a process on a machine: when it runs, and how long. */
import { z } from "zod";
import { instant } from "./instant.ts";
import { limits } from "./limits.ts";
import { window } from "./list.ts";
import { name } from "./names.ts";

/** Who says so. A person's word (`set`) wins over a client's (`check-in`), and that over what history shows (`learnt`). */
export const expectationSources = ["set", "check-in", "learnt"] as const;
export type ExpectationSource = (typeof expectationSources)[number];

const seconds = z.number().int().min(1).max(limits.expectedSeconds);

/** Texts are checked further by the hub, which knows the zones and reads cron expressions. */
const expected = {
  cron: z
    .string()
    .max(limits.cronCharacters)
    .meta({ description: "five fields as in a crontab, or @hourly, @daily, @weekly, @monthly, @yearly" })
    .optional(),
  timeZone: z
    .string()
    .max(60)
    .meta({ description: "IANA zone in which `cron` is read; by default the machine's, else UTC" })
    .optional(),
  everySeconds: seconds
    .meta({ description: "instead of `cron`: a run starts no later than this after the one before" })
    .optional(),
  graceSeconds: z
    .number()
    .int()
    .min(0)
    .max(limits.expectedSeconds)
    .meta({ description: "how late a start may be; 300 by default" })
    .optional(),
  maxSeconds: seconds.meta({ description: "a run that takes longer is too long" }).optional(),
  minSeconds: seconds.meta({ description: "a run that ends well earlier is too short" }).optional(),
  enabled: z
    .boolean()
    .meta({ description: "false: this process on this machine is not supervised" })
    .optional(),
};

/** As a person sets it; it takes the place of what was set before for this process and machine. */
export const expectationInput = z.strictObject({
  process: name.meta({ description: "name or id; a name that is new is made" }),
  machine: z.string().max(200).meta({ description: "name or id" }),
  ...expected,
});
export type ExpectationInput = z.infer<typeof expectationInput>;

/** Null takes a bound or a schedule away. */
export const expectationChange = z.strictObject({
  cron: expected.cron.unwrap().nullable().optional(),
  timeZone: expected.timeZone,
  everySeconds: expected.everySeconds.unwrap().nullable().optional(),
  graceSeconds: expected.graceSeconds,
  maxSeconds: expected.maxSeconds.unwrap().nullable().optional(),
  minSeconds: expected.minSeconds.unwrap().nullable().optional(),
  enabled: expected.enabled,
});
export type ExpectationChange = z.infer<typeof expectationChange>;

export const expectation = z
  .object({
    id: z.string(),
    process: z.string(),
    processId: z.string(),
    machine: z.string(),
    machineId: z.string(),
    source: z.enum(expectationSources),
    inForce: z.boolean().meta({
      description: "enabled, and no other source has a stronger word for this process and machine",
    }),
    cron: z.string().optional(),
    timeZone: z.string().optional(),
    everySeconds: z.number().optional(),
    graceSeconds: z.number(),
    maxSeconds: z.number().optional(),
    minSeconds: z.number().optional(),
    enabled: z.boolean(),
    confidenceShare: z
      .number()
      .optional()
      .meta({ description: "of a learnt schedule, 0..1; a low one raises no missed starts" }),
    changedAt: instant,
    nextStartAt: instant.optional().meta({ description: "the next expected start" }),
  })
  .meta({ id: "Expectation" });

export type Expectation = z.infer<typeof expectation>;

export const expectedStartStates = ["ran", "late", "missed", "due", "unknown"] as const;

/** One expected start. `due`: its time or its grace is not over; `unknown`: the machine or the hub could not tell. */
export const expectedStart = z
  .object({
    process: z.string(),
    processId: z.string(),
    machine: z.string(),
    machineId: z.string(),
    at: instant,
    state: z.enum(expectedStartStates),
    startedAt: instant.optional().meta({ description: "of the run that took it" }),
  })
  .meta({ id: "ExpectedStart" });

export type ExpectedStart = z.infer<typeof expectedStart>;

export const expectedStarts = z.object({
  window,
  items: z.array(expectedStart),
  truncated: z.boolean().meta({
    description:
      "there are more than one answer holds: of processes with very many only those nearest to now are here",
  }),
});

export type ExpectedStarts = z.infer<typeof expectedStarts>;
