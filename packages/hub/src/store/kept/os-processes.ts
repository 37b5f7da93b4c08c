import type { Micros, OsProcessColumns } from "@culprit/protocol";

export type OsProcessRow = { [K in keyof OsProcessColumns]: OsProcessColumns[K][number] };

export type OsProcessStore = {
  /** The newest row of each OS process in (since, at]. */
  at(machineId: number, since: Micros, at: Micros): Promise<OsProcessRow[]>;
  history(machineId: number, uid: string, from: Micros, to: Micros): Promise<OsProcessRow[]>;
  /** Sums by name and user of the rows in each window; `window` is its position in the list. */
  usage(
    machineId: number,
    windows: readonly { from: Micros; to: Micros }[],
  ): Promise<
    {
      window: number;
      name: string;
      user: string;
      cpuSeconds: number;
      ioBytes: number | null;
      rssBytes: number;
      runQueueSeconds: number | null;
    }[]
  >;
};
