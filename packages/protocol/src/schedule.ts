/** What to move in the schedule, what that would gain, and what it gained. */
import { z } from "zod";
import { fitProgress, placedProcess } from "./culprits.ts";
import { instant } from "./instant.ts";
import { limits } from "./limits.ts";
import { windowQuery } from "./list.ts";

const range = { savingSeconds: z.number(), low: z.number(), high: z.number() };

/** A process on a machine, by names or ids, and by how much all its starts move; negative is earlier. */
export const move = z.strictObject({
  process: z.string().min(1).max(limits.nameCharacters),
  machine: z.string().min(1).max(limits.nameCharacters),
  shiftSeconds: z
    .number()
    .min(-7 * 86_400)
    .max(7 * 86_400),
});

export type Move = z.infer<typeof move>;

export const whatIfInput = z.strictObject({
  moves: z.array(move).min(1).max(20),
  ...windowQuery,
});

export type WhatIfInput = z.infer<typeof whatIfInput>;

/** By one victim of the present schedule; a day. */
export const movedProcess = z.object({
  ...placedProcess.shape,
  lostSeconds: z.number().meta({ description: "lost to others in a day as it is" }),
  ...range,
});

/** Savings are seconds of run time of all processes in a day; negative is a loss; low and high bound 95%. */
export const whatIf = z
  .object({
    window: z.object({ from: instant, to: instant }),
    fittedAt: instant.nullable(),
    ...range,
    processes: z.array(movedProcess),
    text: z.string(),
  })
  .meta({ id: "WhatIf" });

export type WhatIf = z.infer<typeof whatIf>;

export const measuredMove = z.object({
  movedAt: instant,
  shiftSeconds: z.number(),
  ...range,
  runsBefore: z.number().int(),
  runsAfter: z.number().int(),
});

export const advice = z
  .object({
    ...placedProcess.shape,
    shiftSeconds: z.number(),
    startsNow: z
      .array(z.string())
      .meta({ description: "times of day it usually starts, in the machine's zone" }),
    startsThen: z.array(z.string()),
    zone: z.string(),
    ...range,
    victims: z.array(movedProcess),
    text: z.string(),
  })
  .meta({ id: "ScheduleAdvice" });

export type ScheduleAdvice = z.infer<typeof advice>;

/** A process whose starts moved within the window, and what its former victims gained by it. */
export const doneMove = z
  .object({ ...placedProcess.shape, ...measuredMove.shape, text: z.string() })
  .meta({ id: "DoneMove" });

export type DoneMove = z.infer<typeof doneMove>;

/** Processes of one machine that nearly always start in the same minute. */
export const herd = z
  .object({
    machine: z.string(),
    machineId: z.string(),
    processes: z.array(z.object({ process: z.string(), processId: z.string() })),
    startsAt: z.array(z.string()).meta({
      description: "times of day they usually start, in the machine's zone; empty if there is no usual one",
    }),
    zone: z.string(),
    runs: z
      .number()
      .int()
      .meta({ description: "how often they started together, among their newest starts" }),
    text: z.string(),
  })
  .meta({ id: "Herd" });

export type Herd = z.infer<typeof herd>;

export const scheduleAdvice = z
  .object({
    window: z.object({ from: instant, to: instant }),
    fittedAt: instant.nullable(),
    progress: fitProgress,
    /** Largest saving first; each is computed as if the ones before it were done. */
    advice: z.array(advice),
    done: z.array(doneMove),
    /** Most run time first. */
    herds: z.array(herd),
    text: z.string(),
  })
  .meta({ id: "Schedule" });

export type Schedule = z.infer<typeof scheduleAdvice>;
