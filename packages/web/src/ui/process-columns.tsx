/** Columns that tables of processes share. */
import { Link } from "@tanstack/react-router";
import { m } from "@culprit/messages";
import type { Column } from "./data-table.tsx";
import { SignedDuration } from "./signed-duration.tsx";

type Process = { process: string; processId: string };

/** Its name, leading to its page. */
export function processColumn<Row extends Process>(key = "process", title = m.process()): Column<Row> {
  return {
    key,
    title,
    value: ({ process }) => process,
    cell: ({ process, processId }) => (
      <Link to="/processes/$process" params={{ process: processId }}>
        {process}
      </Link>
    ),
  };
}

export function machineColumn<Row extends { machine: string }>(): Column<Row> {
  return { key: "machine", title: m.machine(), value: ({ machine }) => machine };
}

type Saving = { savingSeconds: number; low: number; high: number };

/** What is saved, and its bounds; `title` names the first. */
export function savingColumns<Row extends Saving>(key: string, title: string): Column<Row>[] {
  const saved = (key: string, title: string, value: (row: Row) => number): Column<Row> => ({
    key,
    title,
    numeric: true,
    value,
    cell: (row) => <SignedDuration seconds={value(row)} />,
  });
  return [
    saved(key, title, ({ savingSeconds }) => savingSeconds),
    saved("low", m.culprits_low(), ({ low }) => low),
    saved("high", m.culprits_high(), ({ high }) => high),
  ];
}
