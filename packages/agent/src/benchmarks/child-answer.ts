import { benchmarkSkips } from "@culprit/protocol";
import { z } from "zod";

/** What the process that measures writes. */
export const childAnswer = z.union([
  z.object({
    value: z.number().positive(),
    unit: z.string(),
    instrument: z.string(),
    /** CPU time that it took itself, in clock ticks. */
    cpuTicks: z.number().nonnegative(),
  }),
  z.object({ why: z.enum(benchmarkSkips), detail: z.string() }),
]);

export type ChildAnswer = z.infer<typeof childAnswer>;
