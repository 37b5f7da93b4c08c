/** Runs and incidents for tests. */
import type { Incident } from "./marks.ts";
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

export function exampleIncident(start: number, end: number): Incident {
  return {
    key: `c_1 ${start}`,
    checkId: "c_1",
    check: "front page (check)",
    machine: "",
    start,
    end,
    state: "critical",
    text: "refused",
  };
}
