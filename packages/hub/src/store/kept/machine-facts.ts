import type { Micros } from "@culprit/protocol";

/** `content` is JSON, by `code`; the newest of a code counts. */
export type MachineFact = { machineId: number; code: string; toldAt: Micros; content: string };

/** Who the machines' agents are, and what is wrong with them. */
export type MachineFactStore = {
  list(): Promise<MachineFact[]>;
  put(facts: readonly MachineFact[]): Promise<void>;
  remove(machineId: number, code: string): Promise<void>;
};
