import type { Computer, Labels, MachineChange, Micros } from "@culprit/protocol";

export type MachineRow = {
  machineId: number;
  name: string;
  paused: boolean;
  enrolledAt: Micros;
  lastContactAt: Micros | null;
  lastSampleAt: Micros | null;
  clockOffsetMicros: number | null;
  computer: Computer | null;
  labels: Labels;
  group: string | null;
  /** What a person says, whatever its agent tells. */
  timeZone: string | null;
  /** The number of the token with which it enrolled itself. */
  enrolledWith: number | null;
};

/** What a person says of a machine; null: no longer. */
export type MachineRowChange = Omit<MachineChange, "probe"> & { enrolledWith?: number };

/** The registry of machines. */
export type MachineStore = {
  list(): Promise<MachineRow[]>;
  /** Null if the name is taken (compared without case). */
  create(
    name: string,
    now: Micros,
    more?: Partial<Pick<MachineRow, "labels" | "group" | "enrolledWith">>,
  ): Promise<number | null>;
  change(machineId: number, change: MachineRowChange): Promise<"changed" | "absent" | "name-taken">;
  /** Removes the machine, its tokens, check-ins and marks; its history stays until retention takes it. */
  remove(machineId: number): Promise<boolean>;
  contact(contacts: { machineId: number; at: Micros; clockOffsetMicros?: number }[]): Promise<void>;
};
