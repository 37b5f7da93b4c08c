import type { Execution, ExecutionOutcome } from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Terminal } from "../terminal.ts";
import type { Colour } from "./colour.ts";
import { duration, localTime } from "./quantity.ts";
import type { Column } from "./table.ts";

const colours: Record<ExecutionOutcome, Colour | undefined> = {
  running: "cyan",
  ok: undefined,
  failed: "red",
  timeout: "red",
  lost: "yellow",
};

export function outcomeText(outcome: ExecutionOutcome): string {
  switch (outcome) {
    case "running":
      return m.cmd_outcome_running();
    case "ok":
      return m.cmd_outcome_ok();
    case "failed":
      return m.cmd_outcome_failed();
    case "timeout":
      return m.cmd_outcome_timeout();
    case "lost":
      return m.cmd_outcome_lost();
    default:
      return outcome satisfies never;
  }
}

export function processAndStep({ process, step }: { process: string; step?: string | undefined }): string {
  return step === undefined ? process : `${process} › ${step}`;
}

export function executionColumns({ timeZone }: Terminal): Column<Execution>[] {
  return [
    { title: m.cmd_col_start({ zone: timeZone }), cell: (row) => localTime(row.startedAt, timeZone) },
    { title: m.cmd_col_duration(), align: "right", cell: (row) => duration(row.durationSeconds) },
    { title: m.cmd_col_process(), shrinkTo: 12, cell: processAndStep },
    { title: m.cmd_col_machine(), shrinkTo: 8, cell: (row) => row.machine },
    { title: m.cmd_col_kind(), cell: (row) => row.kind },
    {
      title: m.cmd_col_outcome(),
      cell: (row) => outcomeText(row.outcome),
      colour: (row) => colours[row.outcome],
    },
    { title: m.cmd_col_execution(), shrinkTo: 8, cell: (row) => row.id },
  ];
}
