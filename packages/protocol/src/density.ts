/** Many runs counted instead of listed: what a picture of a long time needs. */
import { z } from "zod";
import { window } from "./list.ts";

const numbers = z.array(z.number());

/** One process, or step of one, on one machine; its lists go together, one entry for each part that has runs. */
const densityLane = z.object({
  machine: z.string(),
  machineId: z.string(),
  process: z.string(),
  processId: z.string(),
  step: z.string().optional(),
  parts: numbers.meta({ description: "which part of the window, from 0; a run counts where it starts" }),
  runs: numbers,
  failed: numbers.meta({ description: "of these, those that failed, timed out or were lost" }),
  busySeconds: numbers.meta({ description: "sum of their durations" }),
});

export const executionDensity = z
  .object({
    window,
    partSeconds: z.number().meta({ description: "length of a part" }),
    total: z.number().int().meta({ description: "executions that touch the window, with steps" }),
    lanes: z.array(densityLane),
  })
  .meta({ id: "ExecutionDensity" });

export type ExecutionDensity = z.infer<typeof executionDensity>;
