/**
 * What an agent measures. Metric names, units and attributes follow OpenTelemetry's semantic conventions.
 * Counters travel as increments since the series' previous point, so that resets do no harm.
 */
import { z } from "zod";
import { limits } from "./limits.ts";

export const attributesPerSeries = 16;

export const seriesDescription = z.object({
  metric: z
    .string()
    .regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/)
    .max(100),
  attributes: z
    .record(
      z.string().regex(/^[\x21-\x7e]{1,60}$/),
      z
        .string()
        .max(limits.nameCharacters)
        .regex(/^[^\u0000-\u001f\u007f]*$/, "contains control characters"),
    )
    .refine(
      (all) => Object.keys(all).length <= attributesPerSeries,
      `more than ${attributesPerSeries} attributes`,
    )
    .refine(
      // Bytes, not characters: they are part of a key, and an index takes no more.
      (all) => new TextEncoder().encode(JSON.stringify(all)).length <= limits.attributesBytes,
      `more than ${limits.attributesBytes} bytes of attributes`,
    ),
  unit: z
    .string()
    .max(20)
    .regex(/^[^\u0000-\u001f\u007f]*$/, "contains control characters"),
  type: z.enum(["gauge", "counter"]),
});

export type SeriesDescription = z.infer<typeof seriesDescription>;

/** Columns of equal length. `series` points into the batch's own list; `at` is in microseconds since 1970. */
export type PointColumns = {
  series: number[];
  at: number[];
  value: number[];
  /** The time a counter's increment covers, in seconds; 0 for gauges. */
  intervalSeconds: number[];
};

export const pointColumns = {
  series: { type: "integer" },
  at: { type: "integer" },
  value: { type: "number" },
  intervalSeconds: { type: "number" },
} as const satisfies ColumnSpecification;

/** OS processes at an instant. Sums (`cpuSeconds`, `io...`) cover the time since the process's previous row. */
export const osProcessColumns = {
  at: { type: "integer" },
  intervalSeconds: { type: "number" },
  uid: { type: "text", characters: 16 },
  pid: { type: "integer" },
  parentPid: { type: "integer" },
  name: { type: "text", characters: limits.nameCharacters },
  user: { type: "text", characters: limits.nameCharacters },
  startedAt: { type: "integer" },
  cpuSeconds: { type: "number" },
  cpuPercent: { type: "number" },
  cpuTotalSeconds: { type: "number" },
  threads: { type: "integer" },
  rssBytes: { type: "integer" },
  memoryPercent: { type: "number" },
  ioReadBytes: { type: "integer", nullable: true },
  ioWriteBytes: { type: "integer", nullable: true },
  ioOperations: { type: "integer", nullable: true },
  /** Ready to run without a processor, all threads together. Agents did not always tell it. */
  runQueueSeconds: { type: "number", nullable: true, optional: true },
  /** The command line, scrubbed by the agent; null unless its settings allow it. */
  arguments: { type: "text", characters: limits.argumentsCharacters, nullable: true, optional: true },
} as const satisfies ColumnSpecification;

export type OsProcessColumns = ColumnsOf<typeof osProcessColumns>;

export type ColumnSpecification = Record<
  string,
  { type: "integer" | "number" | "text"; characters?: number; nullable?: boolean; optional?: boolean }
>;

export type ColumnsOf<S extends ColumnSpecification> = {
  [K in keyof S]: (
    | (S[K]["type"] extends "text" ? string : number)
    | (S[K] extends { nullable: true } ? null : never)
  )[];
};

/**
 * Checks columns that came from outside: all there and of one length (else the returned `error` says what is wrong with the
 * whole), and each value of its type (else its row is in `badRows` with the first column that is wrong). An optional column
 * (they stand last) that is missing is null in all rows.
 */
export function readColumns<S extends ColumnSpecification>(
  specification: S,
  raw: unknown,
): { columns: ColumnsOf<S>; length: number; badRows: Map<number, string> } | { error: string } {
  if (typeof raw !== "object" || raw === null) return { error: "columns must be an object of arrays" };
  const badRows = new Map<number, string>();
  let length = -1;
  const given: Record<string, unknown> = { ...raw };
  for (const [column, { type, characters, nullable, optional }] of Object.entries(specification)) {
    if (optional) given[column] ??= Array.from({ length: Math.max(0, length) }, () => null);
    const values = given[column];
    if (!Array.isArray(values)) return { error: `column ${column} is missing` };
    if (length === -1) length = values.length;
    if (length > limits.rowsPerPart) return { error: `more than ${limits.rowsPerPart} rows` };
    if (values.length !== length)
      return { error: `column ${column} has ${values.length} values instead of ${length}` };
    for (let row = 0; row < length; row++) {
      const value: unknown = values[row];
      if (value === null && nullable) continue;
      const good =
        type === "text"
          ? typeof value === "string" && value.length <= characters!
          : typeof value === "number" &&
            (type === "number" ? Math.abs(value) <= limits.magnitude : Number.isSafeInteger(value));
      if (!good && !badRows.has(row)) badRows.set(row, column);
    }
  }
  return { columns: given as ColumnsOf<S>, length, badRows };
}

/** What kind of machine it is: sent at start, on change and once a day. */
export const computer = z
  .object({
    hostName: z.string().max(limits.nameCharacters),
    timeZone: z.string().max(60),
    os: z.string().max(limits.nameCharacters),
    kernel: z.string().max(limits.nameCharacters),
    architecture: z.string().max(20),
    bootId: z.string().max(60),
    bootedAt: z.number().int().meta({ description: "microseconds since 1970" }),
    cpuCores: z.number().int().nonnegative(),
    cpuModel: z.string().max(limits.nameCharacters),
    cpuMegahertz: z.number().nonnegative().nullable(),
    memoryBytes: z.number().int().nonnegative(),
    swapBytes: z.number().int().nonnegative(),
    partitions: z
      .array(
        z.object({
          device: z.string().max(limits.nameCharacters),
          mountPoint: z.string().max(limits.nameCharacters),
          fileSystem: z.string().max(60),
          sizeBytes: z.number().int().nonnegative(),
        }),
      )
      .max(200),
    agentVersion: z.string().max(60),
    addresses: z.array(z.string().max(45)).max(16).optional().meta({
      description: "of its network interfaces, without those that only it reaches",
    }),
    capabilities: z.array(z.string().max(60)).max(50).meta({ description: "e.g. pressure, other-users-io" }),
  })
  .meta({ id: "Computer" });

export type Computer = z.infer<typeof computer>;
