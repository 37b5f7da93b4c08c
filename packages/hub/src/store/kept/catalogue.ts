import type { MachineSeries } from "./samples.ts";

/** Small, growing lists of names; ids never change. All are resolved before, and outside, the transaction that uses them. */
export type CatalogueStore = {
  /** Ids of process names in the order given, made where missing. Names compare without case; the first spelling stays. */
  processIds(names: readonly string[]): Promise<number[]>;
  stepIds(names: readonly string[]): Promise<number[]>;
  /** Of machines that are enrolled. Two that differ in unit or type alone are one, as it was first described. */
  seriesIds(series: readonly MachineSeries[]): Promise<number[]>;
  processes(): Promise<{ processId: number; name: string }[]>;
  steps(): Promise<{ stepId: number; name: string }[]>;
  /** The processes that have executions of this machine: what its limit of names counts. */
  processIdsOf(machineId: number): Promise<number[]>;
};
