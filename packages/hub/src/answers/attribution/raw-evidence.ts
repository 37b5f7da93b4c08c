/** What the fit of attribution is made from, as it leaves the store: columns that are transferred to its thread. */
import type { Micros } from "@culprit/protocol";
import type { MeasuredExecutions } from "../../store/store.ts";
import type { MicrosWindow } from "../../window.ts";

/** What is known of a machine that has runs or samples. */
export type MachineFacts = { machineId: number; cores: number | null; zone: string | null };

/**
 * Of all machines, by machine and time; `at` is the start of a step. Shares of time, tasks or requests that wait, bytes a
 * second; NaN where nobody looked.
 */
export type RawSamples = {
  step: Micros;
  machineId: Int32Array;
  at: Float64Array;
  values: Record<SampleColumn, Float32Array>;
};

export const sampleColumns = [
  "cpuBusy",
  "cpuSteal",
  "tasksWaiting",
  "tasksReady",
  "cpuPressure",
  "diskBusy",
  "diskRequests",
  "diskBytes",
] as const;
export type SampleColumn = (typeof sampleColumns)[number];

export type RawEvidence = {
  window: MicrosWindow;
  /** Runs under way are known up to here. */
  now: Micros;
  runs: MeasuredExecutions;
  machines: MachineFacts[];
  /** Machines that share something, by id. */
  shared: number[][];
  samples: RawSamples | null;
};

/** What to transfer with it. */
export function buffersOfEvidence({ runs, samples }: Pick<RawEvidence, "runs" | "samples">): ArrayBuffer[] {
  const { length: _, ...columns } = runs;
  const arrays = [...Object.values(columns), ...(samples ? [samples.machineId, samples.at] : [])];
  if (samples) arrays.push(...Object.values(samples.values));
  return [...new Set(arrays.map(({ buffer }) => buffer))].filter(
    (buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer,
  );
}

/** Bytes of the columns. */
export function bytesOf(evidence: Pick<RawEvidence, "runs" | "samples">): number {
  return buffersOfEvidence(evidence).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
