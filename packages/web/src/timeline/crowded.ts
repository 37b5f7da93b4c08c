/** Rows in which runs overlap each other: a lane's last row, where it has more at a time than it has rows. */
import type { Run } from "./run.ts";

const known = new WeakMap<readonly Run[], boolean>();

/** Known of rows that were laid out; of others it is found out. */
export function isCrowded(row: readonly Run[]): boolean {
  const crowded = known.get(row) ?? row.some((run, index) => index > 0 && run.start < row[index - 1]!.end);
  known.set(row, crowded);
  return crowded;
}

export function noteCrowded(row: readonly Run[], crowded: boolean): void {
  known.set(row, crowded);
}
