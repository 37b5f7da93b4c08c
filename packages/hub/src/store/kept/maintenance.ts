import type { MaintenanceSchedule, Micros } from "@culprit/protocol";

export type MaintenanceRow = {
  maintenanceId: number;
  /** 0: all machines. */
  machineId: number;
  name: string;
  schedule: MaintenanceSchedule;
  from: Micros;
  until: Micros | null;
  createdAt: Micros;
};

export type MaintenanceStore = {
  list(): Promise<MaintenanceRow[]>;
  /** "too-many": there are that many already. */
  add(row: Omit<MaintenanceRow, "maintenanceId">, most: number): Promise<MaintenanceRow | "too-many">;
  /** Answers whether there is such a one. */
  change(
    maintenanceId: number,
    change: Partial<Pick<MaintenanceRow, "name" | "schedule" | "from" | "until">>,
  ): Promise<boolean>;
  remove(maintenanceId: number): Promise<boolean>;
};
