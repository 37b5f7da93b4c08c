import { z } from "zod";
import { healthEvidence, machineProbe } from "./health.ts";
import { instant } from "./instant.ts";
import { group, labels } from "./label.ts";
import { timeZone } from "./local-time.ts";
import { machineCondition } from "./machine-condition.ts";
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
    labels,
    group: z.string().optional(),
    timeZone: z
      .string()
      .optional()
      .meta({ description: "what a person says, else what its agent tells (`computer.timeZone`)" }),
    timeZoneSet: z.boolean().optional().meta({ description: "true: a person says it" }),
    address: z.string().optional().meta({ description: "where the hub last heard it from" }),
    enrolledAt: instant,
    lastContactAt: instant.optional(),
    lastSampleAt: instant.optional(),
    connected: z.boolean().meta({ description: "its channel to this hub is open" }),
    clockOffsetSeconds: z.number().optional().meta({ description: "its clock minus the hub's, where known" }),
    conditions: z.array(machineCondition).optional().meta({ description: "what is wrong with it besides" }),
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

/** Its runs come by HTTP alone, or its agent has yet to come: it has no state that anybody could mend. */
export function isNeverHeard({
  lastContactAt,
  lastSampleAt,
}: Pick<Machine, "lastContactAt" | "lastSampleAt">): boolean {
  return lastContactAt === undefined && lastSampleAt === undefined;
}

/** Whether the hub can have it do something now. */
export function isLive({ connected, state }: Pick<Machine, "connected" | "state">): boolean {
  return connected && (state === "online" || state === "late");
}

export const machineInput = z.strictObject({ name });
export const machineChange = z.strictObject({
  name: name.optional(),
  paused: z.boolean().optional(),
  labels: labels.optional().meta({ description: "all of them: what is not named is gone" }),
  group: group.nullable().optional(),
  timeZone: timeZone.nullable().optional().meta({ description: "null: what its agent tells" }),
  probe: machineProbe.nullable().optional().meta({ description: "null: an echo request" }),
});
export type MachineChange = z.infer<typeof machineChange>;

/** The token is shown this once; the hub keeps its hash. */
export const machineCreated = z.object({ id: z.string(), name: z.string(), token: z.string() });
export type MachineCreated = z.infer<typeof machineCreated>;
