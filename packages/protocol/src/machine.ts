import { z } from "zod";
import { healthEvidence, machineProbe } from "./health.ts";
import { instant } from "./instant.ts";
import { name } from "./names.ts";
import { computer } from "./samples.ts";

/**
 * `online`: heard, and its data comes. `late`: alive, but its data lags. `silent`: not heard, and nothing tells whether it is
 * alive. `unreachable`: other machines see it, the hub does not. `down`: nobody sees it. `paused`: by a person.
 */
export const machineStates = ["online", "late", "silent", "unreachable", "down", "paused"] as const;
export type MachineState = (typeof machineStates)[number];

export const machine = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(machineStates),
    stateSince: instant.optional().meta({ description: "when it came to this state, where the hub watches" }),
    evidence: z.array(healthEvidence).optional().meta({ description: "how that is known" }),
    probe: machineProbe.optional().meta({ description: "what it is asked when nothing is heard of it" }),
    probeAnsweredAt: instant.optional().meta({
      description: "when that was last answered; without it an answer that stays away tells nothing",
    }),
    enrolledAt: instant,
    lastContactAt: instant.optional(),
    lastSampleAt: instant.optional(),
    connected: z.boolean().meta({ description: "its channel to this hub is open" }),
    clockOffsetSeconds: z.number().optional().meta({ description: "its clock minus the hub's, where known" }),
    computer: computer.optional(),
    /** The newest values, for lists: shares 0..1. */
    now: z
      .object({
        cpuShare: z.number().nullable(),
        memoryShare: z.number().nullable(),
        diskShare: z.number().nullable(),
        pressureShare: z.number().nullable(),
        lessOften: z.number().optional().meta({
          description: "it is overloaded, and looked at so many times less often than set; absent: it is not",
        }),
      })
      .optional(),
  })
  .meta({ id: "Machine" });

export type Machine = z.infer<typeof machine>;

export const machineInput = z.strictObject({ name });
export const machineChange = z.strictObject({
  name: name.optional(),
  paused: z.boolean().optional(),
  probe: machineProbe.nullable().optional().meta({ description: "null: an echo request" }),
});

/** The token is shown this once; the hub keeps its hash. */
export const machineCreated = z.object({ id: z.string(), name: z.string(), token: z.string() });
export type MachineCreated = z.infer<typeof machineCreated>;

export const enrollmentTokenInput = z.strictObject({
  uses: z.number().int().min(1).max(10_000).default(1),
  validSeconds: z
    .number()
    .int()
    .min(60)
    .max(90 * 86_400)
    .default(86_400),
});
export const enrollmentTokenCreated = z.object({
  token: z.string(),
  uses: z.number().int(),
  expiresAt: instant,
});

/** Sent with an enrolment token as bearer; answers `machineCreated`. */
export const enrollment = z.strictObject({ name, hostName: z.string().max(200).optional() });
