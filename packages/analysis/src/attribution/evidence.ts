/**
 * What attribution is told, as columns. Groups, machines and processes are numbers from 0; a group is what has a normal of
 * its own: a process on a machine, in a kind. Seconds throughout, of any epoch. Steps are not in it: they never stand
 * beside their own run.
 */
import type { Intervals } from "../intervals.ts";

/** Sorted by start; of a run under way the end is what is known so far. */
export type RunLog = Intervals & {
  /** 1: from start to end is how long it took; 0: it was there, but its length tells nothing (running, lost, unknown). */
  timed: Uint8Array;
};

/** By group. */
export type Groups = { process: Int32Array; machine: Int32Array };

export const resources = ["cpu", "io"] as const;
export type Resource = (typeof resources)[number];

/**
 * What each run asks of its own machine while it runs, in units of the machine's capacity (2 of 4 cores: 0.5), where
 * nobody hinders it; NaN where that is not known.
 */
export type Demands = Record<Resource, Float32Array>;

/**
 * What each run used of its own machine altogether, in seconds of the machine's whole capacity (8 CPU seconds on 4 cores:
 * 2); NaN where that is not known. Twice its usual work shows here, however long it had to wait for it.
 */
export type Work = Record<Resource, Float32Array>;

/** Samples of one machine, ascending in time; a value stands for the interval that ends at its instant; NaN is a gap. */
export type MachineSamples = {
  at: Float64Array;
  /** All demand on the resource in units of its capacity, whoever made it: what is served and what waits; may exceed 1. */
  load: Record<Resource, Float32Array>;
  /** The share of time that the machine's own host took away, 0..1. */
  steal: Float32Array;
};

export type Evidence = {
  log: RunLog;
  groups: Groups;
  /** How many machines there are. */
  machines: number;
  /**
   * Machines that share something (a database, a disk) have the same number here; null: none do. Only a process on the
   * same machine or on one that shares something can slow a run down.
   */
  sharedBy: Int32Array | null;
  /** Null where no agent measured runs. */
  demands: Demands | null;
  work: Work | null;
  /**
   * By machine, ascending: when its clock was put forward or back. Schedules and what people do follow it, so hours of the
   * week before and after are not the same. Absent: never.
   */
  clockChanges?: readonly (readonly number[])[];
  /** By machine; null where nobody sampled it. */
  samples: readonly (MachineSamples | null)[];
};
