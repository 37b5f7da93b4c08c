/** What the runs of a process show beyond figures: changes, trends, hours, and the process beside itself. */
import { z } from "zod";
import { instant } from "./instant.ts";

const changeShape = {
  at: instant.meta({ description: "start of the first run after it" }),
  changePercent: z.number().meta({ description: "of the median duration; 40 is 40% longer" }),
  lowPercent: z.number().meta({ description: "with highPercent the bounds of 95%" }),
  highPercent: z.number(),
  medianBeforeSeconds: z.number(),
  medianAfterSeconds: z.number(),
  runsAfter: z.number().int(),
};

/** From `at` on the process takes longer, or shorter, for good; until the next change. */
export const durationChange = z.object(changeShape).meta({ id: "DurationChange" });

export type DurationChange = z.infer<typeof durationChange>;

/** The change that matters most, and the machines that it happened on within a day. */
export const fleetChange = z
  .object({
    ...changeShape,
    machines: z.array(z.string()),
    everywhere: z.boolean().meta({ description: "on all machines on which the process runs" }),
  })
  .meta({ id: "FleetChange" });

export type FleetChange = z.infer<typeof fleetChange>;

/** How durations grow (or shrink: negative) since the last change; only there if it is real. */
export const durationTrend = z
  .object({
    since: instant,
    weeklyPercent: z.number(),
    lowPercent: z.number().meta({ description: "with highPercent the bounds of 95%" }),
    highPercent: z.number(),
  })
  .meta({ id: "DurationTrend" });

export type DurationTrend = z.infer<typeof durationTrend>;

/** A process that runs beside itself on one machine. */
export const selfOverlap = z
  .object({
    runs: z.number().int().meta({ description: "runs that share time with another one" }),
    runsShare: z.number(),
    mostAtOnce: z.number().int(),
    seconds: z.number().meta({ description: "in which more than one ran" }),
  })
  .meta({ id: "SelfOverlap" });

export type SelfOverlap = z.infer<typeof selfOverlap>;

const ofWeek = <T extends z.ZodType>(item: T) => z.array(item).length(168);

/** By the hour of the week in which runs started, 168 values from Monday 0:00 in `zone`. */
export const hoursOfWeek = z
  .object({
    zone: z.string(),
    counts: ofWeek(z.number().int()),
    failures: ofWeek(z.number().int()),
    medianSeconds: ofWeek(z.number().nullable()),
  })
  .meta({ id: "HoursOfWeek" });

export type HoursOfWeek = z.infer<typeof hoursOfWeek>;
