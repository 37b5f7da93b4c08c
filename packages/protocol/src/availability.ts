/**
 * How much of a time a machine or a check was up, from what was recorded. Time of which nothing is known is neither up nor
 * down: it is told apart, and so is planned maintenance.
 */
import { z } from "zod";
import { blindCauses, healthEvidence } from "./health.ts";
import { instant } from "./instant.ts";
import { limits } from "./limits.ts";
import { list, window, windowQuery } from "./list.ts";
import { timeZone } from "./local-time.ts";
import { name } from "./names.ts";

/** What each moment is: exactly one of these. `unknown`: nobody watched, or nothing told whether it was alive. */
export const availabilityKinds = ["up", "down", "unreachable", "unknown", "paused", "maintenance"] as const;
export type AvailabilityKind = (typeof availabilityKinds)[number];

const seconds = z.object({
  up: z.number(),
  down: z.number(),
  unreachable: z.number(),
  unknown: z.number(),
  paused: z.number(),
  maintenance: z.number(),
});
export type AvailabilitySeconds = z.infer<typeof seconds>;

export const incidentKinds = ["down", "unreachable", "silent", "critical"] as const;

/** Why: codes for machines, what the check said for checks. */
export const incident = z
  .object({
    kind: z.enum(incidentKinds),
    start: instant,
    end: instant.nullable().meta({ description: "null while it lasts" }),
    seconds: z.number().meta({ description: "of the window, without maintenance" }),
    planned: z.boolean().meta({ description: "all of it was in maintenance" }),
    cause: z.array(healthEvidence),
    text: z.string().optional().meta({ description: "what the check said" }),
  })
  .meta({ id: "Incident" });
export type Incident = z.infer<typeof incident>;

export const blindTime = z.object({ from: instant, to: instant.nullable(), cause: z.enum(blindCauses) });

const summary = {
  share: z
    .number()
    .nullable()
    .meta({ description: "up / (up + down + unreachable), 0..1; null if nothing is known" }),
  knownShare: z.number().nullable().meta({ description: "of the window without maintenance and pauses" }),
  seconds,
};

export const availabilityDay = z.object({ date: z.iso.date(), ...summary, incidents: z.number().int() });
export type AvailabilityDay = z.infer<typeof availabilityDay>;

const measured = {
  ...summary,
  incidents: z.array(incident),
  incidentsLeftOut: z.number().int().meta({ description: "older ones, above the most that are shown" }),
};

export const availability = z
  .object({
    window,
    timeZone: z.string(),
    machine: z.string().optional(),
    machineId: z.string().optional(),
    check: z.string().optional(),
    checkId: z.string().optional(),
    ...measured,
    days: z.array(availabilityDay).meta({ description: "local days of the zone" }),
    blind: z.array(blindTime).meta({ description: "when nobody watched" }),
  })
  .meta({ id: "Availability" });
export type Availability = z.infer<typeof availability>;

export const fleetAvailability = z.object({
  window,
  items: z.array(z.object({ machine: z.string(), machineId: z.string(), ...measured })),
  blind: z.array(blindTime),
});
export type FleetAvailability = z.infer<typeof fleetAvailability>;

export const availabilityQuery = z.strictObject({ ...windowQuery, timeZone: timeZone.optional() });

/** Days by ISO: 1 is Monday. `minutes` from its start: it may go past midnight. */
export const maintenanceSchedule = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("once"), from: instant, to: instant }),
  z.strictObject({
    kind: z.literal("weekly"),
    days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
    start: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "HH:MM"),
    minutes: z
      .number()
      .int()
      .min(1)
      .max(7 * 1440),
    timeZone,
  }),
]);
export type MaintenanceSchedule = z.infer<typeof maintenanceSchedule>;

export const maintenanceInput = z.strictObject({
  name,
  machine: z
    .string()
    .min(1)
    .max(limits.nameCharacters)
    .optional()
    .meta({ description: "name or id; without it all machines" }),
  schedule: maintenanceSchedule,
});
export type MaintenanceInput = z.infer<typeof maintenanceInput>;

export const maintenanceChange = maintenanceInput.omit({ machine: true }).partial();

export const maintenance = z
  .object({
    id: z.string(),
    name: z.string(),
    machine: z.string().optional(),
    machineId: z.string().optional(),
    schedule: maintenanceSchedule,
    now: z.boolean().meta({ description: "it is under way" }),
    endedAt: instant
      .optional()
      .meta({ description: "it was taken back then; what came before still counts" }),
  })
  .meta({ id: "Maintenance" });
export type Maintenance = z.infer<typeof maintenance>;
export const maintenances = list(maintenance);
