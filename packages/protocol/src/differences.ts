/** What was different in a span of time against the same hours before it. */
import { z } from "zod";
import { placedProcess } from "./culprits.ts";
import { instant } from "./instant.ts";

const compared = {
  value: z.number(),
  usual: z.number().meta({ description: "the median of the same hours before" }),
  score: z.number().meta({ description: "robust standard deviations from the usual; positive is more" }),
  q: z.number().meta({ description: "false-discovery rate over all that was compared" }),
};

export const differentSeries = z
  .object({
    machine: z.string(),
    machineId: z.string(),
    metric: z.string(),
    attributes: z.record(z.string(), z.string()),
    unit: z.string(),
    ...compared,
  })
  .meta({ id: "DifferentSeries" });

/** `busy`: seconds that it ran; `duration`: the median of its runs relative to normal; counts of runs and of failures. */
export const differentProcess = z
  .object({ ...placedProcess.shape, what: z.enum(["busy", "duration", "runs", "failures"]), ...compared })
  .meta({ id: "DifferentProcess" });

export const differences = z
  .object({
    window: z.object({ from: instant, to: instant }),
    before: z
      .array(z.object({ from: instant, to: instant }))
      .meta({ description: "what it was compared with" }),
    series: z.array(differentSeries),
    processes: z.array(differentProcess),
    comparedSeries: z.number().int(),
    comparedProcesses: z.number().int(),
    text: z.string(),
  })
  .meta({ id: "Differences" });

export type Differences = z.infer<typeof differences>;
