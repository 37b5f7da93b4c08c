/** Where clients of other monitors check in: one for each job of a machine. */
import { z } from "zod";
import { instant } from "./instant.ts";
import { limits } from "./limits.ts";
import { name } from "./names.ts";

export const checkinVendors = ["healthchecks", "cronitor", "sentry", "snitch"] as const;
export type CheckinVendor = (typeof checkinVendors)[number];

const slug = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_.-]+$/, "letters, digits, hyphen, underscore and dot");

export const checkinInput = z.strictObject({
  machine: z.string().min(1).max(limits.nameCharacters).meta({ description: "id or name" }),
  process: name.meta({ description: "what its runs are recorded as" }),
  slug: slug.optional().meta({ description: "its name in addresses; made of the process name if absent" }),
  token: z
    .string()
    .regex(/^[A-Za-z0-9_-]{10,100}$/, "10 to 100 letters, digits, hyphens and underscores")
    .optional()
    .meta({ description: "the UUID or token that scripts already use; made up if absent" }),
});
export type CheckinInput = z.infer<typeof checkinInput>;

const signals = ["start", "ok", "failed", "log", "heard"] as const;
export type CheckinSignal = (typeof signals)[number];

export const checkin = z
  .object({
    id: z.string(),
    machine: z.string(),
    machineId: z.string(),
    process: z.string(),
    slug: z.string(),
    ownToken: z.boolean().meta({ description: "false: it is reached with a token of its machine alone" }),
    createdAt: instant,
    lastAt: instant.optional(),
    lastSignal: z.enum(signals).optional(),
    message: z.string().optional().meta({ description: "the last text that belongs to no run" }),
    schedule: z
      .object({
        cron: z.string().optional(),
        everySeconds: z.number().optional(),
        timeZone: z.string().optional(),
        graceSeconds: z.number().optional(),
        maxSeconds: z.number().optional(),
      })
      .optional()
      .meta({ description: "as its client told it" }),
  })
  .meta({ id: "Checkin" });
export type Checkin = z.infer<typeof checkin>;

/** The token and the addresses that contain it are shown this once. */
export const checkinCreated = z.object({
  checkin,
  token: z.string(),
  addresses: z.array(z.object({ client: z.enum([...checkinVendors, "sentry-dsn"]), address: z.string() })),
});
export type CheckinCreated = z.infer<typeof checkinCreated>;
