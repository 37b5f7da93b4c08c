import type { BlindCause, HealthEvidence, MachineProbe, MachineState, Micros } from "@culprit/protocol";

/** What the health checker knows of a machine beside its contacts. */
export type WatchRow = {
  machineId: number;
  address: string | null;
  probe: MachineProbe | null;
  /** The last probe that was answered. */
  answered: { address: string; probe: MachineProbe; at: Micros } | null;
};

export type HealthRow = {
  machineId: number;
  state: MachineState;
  since: Micros;
  evidence: HealthEvidence[];
};

export type BlindTime = { beganAt: Micros; endedAt: Micros | null; cause: BlindCause };

/** Which states machines are in, and were. */
export type HealthStore = {
  watched(): Promise<WatchRow[]>;
  /** Changes what is given of each. */
  watch(rows: readonly (Pick<WatchRow, "machineId"> & Partial<WatchRow>)[]): Promise<void>;
  /** The state of each machine that was decided last. */
  current(): Promise<HealthRow[]>;
  /** Notes changes, each once; one into the state that the machine is in already is none. */
  change(rows: readonly HealthRow[]): Promise<void>;
  /** By time, those in the window and of each machine the last one before it; of some machines or all. */
  transitions(window: { from: Micros; to: Micros }, machineIds?: readonly number[]): Promise<HealthRow[]>;
  /** Until when somebody watched; null before the first time. */
  watchedUntil(): Promise<Micros | null>;
  setWatchedUntil(at: Micros): Promise<void>;
  /** By time, those that touch the window. */
  blindTimes(window: { from: Micros; to: Micros }): Promise<BlindTime[]>;
  /** Notes one, or the end of one that began then. */
  putBlindTime(time: BlindTime): Promise<void>;
};
