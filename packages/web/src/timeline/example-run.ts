/** Runs for tests. */
import type { Run } from "./run.ts";

export function exampleRun(start: number, end: number, more: Partial<Run> = {}): Run {
  const { machine = "db1", process = "backup", step } = more;
  return {
    key: `${machine} ${process} ${step ?? ""} ${start}`,
    id: String(start),
    machine,
    machineId: machine,
    process,
    processId: process,
    step,
    start,
    end,
    outcome: "ok",
    flags: [],
    normalEnd: undefined,
    deviation: undefined,
    ...more,
  };
}
