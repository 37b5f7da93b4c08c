/** One line for several series of a machine, on the times that any of them has. */
import type { Series } from "@culprit/protocol";
export type Line = {
  times: number[];
  values: (number | null)[];
};
/** CPU time in use: all modes but idle and waiting for input or output. Series are `system.cpu.utilization` by mode. */
export declare function busyShare(series: readonly Series[]): Line;
/** The fullest disk, the worst stall: the highest of the values at each time. */
export declare function highestShare(series: readonly Series[]): Line;
/** Values of one time together; null where none of the series has one. */
export declare function combined(series: readonly Series[], combine: (values: number[]) => number): Line;
