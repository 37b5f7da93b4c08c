import { z } from "zod";

/** Times and values are columns of one length; a gap is a null. Counters are served as rates per second. */
export const series = z
  .object({
    machine: z.string(),
    machineId: z.string(),
    metric: z.string(),
    attributes: z.record(z.string(), z.string()),
    unit: z.string(),
    times: z.array(z.number().int()).meta({ description: "start of each step, milliseconds since 1970" }),
    values: z.array(z.number().nullable()),
  })
  .meta({ id: "Series" });

export type Series = z.infer<typeof series>;

export const seriesAnswer = z.object({ series: z.array(series), stepSeconds: z.number() });
export type SeriesAnswer = z.infer<typeof seriesAnswer>;

/** One row of a machine's process table. */
export const osProcess = z
  .object({
    at: z.string(),
    uid: z.string(),
    pid: z.number().int(),
    parentPid: z.number().int(),
    name: z.string(),
    user: z.string(),
    startedAt: z.string(),
    intervalSeconds: z.number(),
    cpuSeconds: z.number(),
    cpuPercent: z.number(),
    cpuTotalSeconds: z.number(),
    threads: z.number().int(),
    rssBytes: z.number(),
    memoryPercent: z.number(),
    ioReadBytes: z.number().nullable(),
    ioWriteBytes: z.number().nullable(),
    ioOperations: z.number().nullable(),
    runQueueSeconds: z.number().nullable(),
    arguments: z
      .string()
      .nullable()
      .meta({ description: "the command line, if the agent's settings let it leave" }),
  })
  .meta({ id: "OsProcess" });

export type OsProcess = z.infer<typeof osProcess>;
