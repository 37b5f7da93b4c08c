import { z } from "zod";
import { instant } from "./instant.ts";
import { limits } from "./limits.ts";
import { name } from "./names.ts";
import { output } from "./output.ts";
import { executionFlags, executionKinds, executionOutcomes } from "./vocabulary.ts";

const amount = z.number().nonnegative().max(limits.magnitude);
const bytes = amount.int().max(Number.MAX_SAFE_INTEGER);

export const attributes = z
  .record(z.string().min(1).max(limits.nameCharacters), z.union([z.string(), z.number(), z.boolean()]))
  .refine((all) => Object.keys(all).length <= limits.attributes, `more than ${limits.attributes} attributes`)
  .refine(
    (all) => JSON.stringify(all).length <= limits.attributesBytes,
    `more than ${limits.attributesBytes} bytes of attributes`,
  );

/** What a run used, itself and its descendants, where the system tells. */
const usage = {
  cpuSeconds: amount.optional(),
  maxRssBytes: bytes.optional(),
  ioReadBytes: bytes.optional(),
  ioWriteBytes: bytes.optional(),
  peakCpuCores: amount.optional().meta({ description: "highest CPU use over a few seconds, in cores" }),
  peakIoBytesPerSecond: amount
    .optional()
    .meta({ description: "highest read plus write rate over a few seconds" }),
  runQueueSeconds: amount.optional().meta({
    description: "ready to run without a processor, all its threads together: at least, of what was seen",
  }),
};

/** One execution as a caller or an agent reports it. */
export const executionInput = z
  .strictObject({
    id: z
      .string()
      .min(1)
      .max(limits.nameCharacters)
      .regex(/^[\x21-\x7e]+$/, "printable ASCII without spaces")
      .optional(),
    machine: name.optional(),
    kind: z.enum(executionKinds).default("job"),
    process: name,
    step: name.optional(),
    parentId: z
      .string()
      .min(1)
      .max(limits.nameCharacters)
      .regex(/^[\x21-\x7e]+$/, "printable ASCII without spaces")
      .optional(),
    startedAt: instant,
    endedAt: instant.optional(),
    outcome: z.enum(executionOutcomes).optional(),
    exitCode: z.number().int().min(-255).max(65_535).optional(),
    pid: z
      .number()
      .int()
      .positive()
      .max(2 ** 31 - 1)
      .optional(),
    attributes: attributes.optional(),
    output: output.optional(),
    flags: z.array(z.enum(executionFlags)).max(executionFlags.length).optional(),
    ...usage,
  })
  .meta({ id: "ExecutionReport" });

export type ExecutionInput = z.infer<typeof executionInput>;

/** One stored execution as answers show it. */
export const execution = z
  .object({
    id: z.string(),
    machine: z.string(),
    machineId: z.string(),
    process: z.string(),
    processId: z.string(),
    step: z.string().optional(),
    parentId: z.string().optional(),
    kind: z.enum(executionKinds),
    startedAt: instant,
    endedAt: instant.optional(),
    durationSeconds: z.number().optional(),
    outcome: z.enum(executionOutcomes),
    exitCode: z.number().optional(),
    pid: z.number().optional(),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    flags: z.array(z.enum(executionFlags)),
    output: z.string().optional().meta({
      description: "the end of what it wrote, where that was told; only in answers about one execution",
    }),
    ...usage,
  })
  .meta({ id: "Execution" });

export type Execution = z.infer<typeof execution>;

export const executionsAccepted = z.object({ accepted: z.number().int(), duplicates: z.number().int() });
