/** Who makes others slow: the ranking, what it rests on, and what can't be told. */
import { z } from "zod";
import { instant } from "./instant.ts";

/** `low` and `high` bound 95%. */
const seconds = { seconds: z.number(), low: z.number(), high: z.number() };

/** A process where it runs. */
const place = {
  process: z.string(),
  processId: z.string(),
  machine: z.string(),
  machineId: z.string(),
};

export const placedProcess = z.object(place).meta({ id: "PlacedProcess" });
export type PlacedProcess = z.infer<typeof placedProcess>;

export const bases = ["samples", "log"] as const;

/** Durations relative to their normal, 1 is normal: how many runs with and without the culprit beside, in equal log steps. */
export const relativeDurations = z.array(
  z.object({ from: z.number(), to: z.number(), with: z.number().int(), without: z.number().int() }),
);

export const victim = z
  .object({
    ...place,
    ...seconds,
    slowdownPerSecond: z.number().meta({ description: "seconds lost by each second beside the culprit" }),
    exposedRuns: z.number().int(),
    unexposedRuns: z.number().int(),
    q: z.number().meta({ description: "false-discovery rate at which it is still found" }),
    relativeDurations,
  })
  .meta({ id: "Victim" });

export type Victim = z.infer<typeof victim>;

export const culprit = z
  .object({
    process: z.string(),
    processId: z.string(),
    machines: z.array(z.string()).meta({ description: "where it did so" }),
    causedSeconds: z.number().meta({ description: "at least: a victim that is never alone hides a part" }),
    low: z.number(),
    high: z.number(),
    victims: z.array(victim),
    verdict: z.enum(["culprit"]),
    basis: z.enum(bases).meta({ description: "measured demand, or start times and durations alone" }),
    text: z.string(),
  })
  .meta({ id: "Culprit" });

export type Culprit = z.infer<typeof culprit>;

/** Who of them slows others can't be told: from each other, or from the weekday. */
export const notSeparable = z
  .object({
    reason: z.enum(["together", "weekday"]).meta({
      description:
        "together: they always run together, and one of them does it; weekday: they come on the same days of each week, " +
        "and it may be the days: at most so many seconds are theirs",
    }),
    processes: z.array(placedProcess),
    victims: z.array(placedProcess),
    ...seconds,
    experiment: z.object({ ...place, shiftSeconds: z.number() }).meta({
      description:
        "what would tell: this one starts so much later for some days, or a day later for some weeks",
    }),
    text: z.string(),
  })
  .meta({ id: "NotSeparable" });

export type NotSeparable = z.infer<typeof notSeparable>;

export const notEnough = z
  .object({
    suspect: placedProcess,
    victim: placedProcess,
    exposedRuns: z.number().int(),
    unexposedRuns: z.number().int(),
  })
  .meta({ id: "NotEnough" });

export type NotEnough = z.infer<typeof notEnough>;

/** Of the first analysis, while there is none. */
export const fitProgress = z.number().nullable().meta({
  description: "how far the first analysis is, 0..1; null once there is one, and while nothing ran yet",
});

export const culprits = z
  .object({
    window: z.object({ from: instant, to: instant }),
    fittedAt: instant.nullable(),
    progress: fitProgress,
    /** Most caused seconds first. */
    culprits: z.array(culprit),
    notSeparable: z.array(notSeparable),
    notEnough: z.array(notEnough),
    slowRuns: z.number().int(),
    coverage: z
      .number()
      .nullable()
      .meta({ description: "share of the slow runs with a definite verdict; null if there are none" }),
    falseAccusationRate: z.number().nullable().meta({
      description:
        "share of accusations that this pipeline makes on this log with its evidence's signs flipped",
    }),
    text: z.string(),
  })
  .meta({ id: "Culprits" });

export type Culprits = z.infer<typeof culprits>;
