/** What was different in a span of time, as text for a terminal. */
import { m } from "@culprit/messages";
import { metricName } from "@culprit/messages/metric-names";
import type { Differences } from "@culprit/protocol";
import type { Terminal } from "../terminal.ts";
import { duration, figure, measured } from "./quantity.ts";
import { section } from "./section.ts";
import { printable, type Column } from "./table.ts";

type DifferentProcess = Differences["processes"][number];
type DifferentSeries = Differences["series"][number];

export function formatDifferences({ text, processes, series }: Differences, terminal: Terminal): string {
  return [
    printable(text),
    section(m.processes(), processes, processColumns(), terminal),
    section(m.machines(), series, seriesColumns(), terminal),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

const names: Record<DifferentProcess["what"], () => string> = {
  busy: m.cmd_different_busy,
  duration: m.cmd_different_duration,
  runs: m.cmd_different_runs,
  failures: m.cmd_different_failures,
};

function amount(what: DifferentProcess["what"], value: number): string {
  if (what === "busy") return duration(value);
  return what === "duration" ? `${figure(value)}×` : figure(value);
}

function processColumns(): Column<DifferentProcess>[] {
  return [
    { title: m.cmd_col_process(), cell: ({ process }) => process, shrinkTo: 12 },
    { title: m.cmd_col_machine(), cell: ({ machine }) => machine, shrinkTo: 8 },
    { title: m.cmd_col_what(), cell: ({ what }) => names[what]() },
    { title: m.cmd_col_value(), align: "right", cell: ({ what, value }) => amount(what, value) },
    { title: m.cmd_col_usual(), align: "right", cell: ({ what, usual }) => amount(what, usual) },
    scoreColumn(),
  ];
}

function seriesColumns(): Column<DifferentSeries>[] {
  return [
    {
      title: m.cmd_col_metric(),
      cell: ({ metric, attributes }) => metricName(metric, attributes),
      shrinkTo: 24,
    },
    { title: m.cmd_col_machine(), cell: ({ machine }) => machine, shrinkTo: 8 },
    { title: m.cmd_col_value(), align: "right", cell: ({ value, unit }) => measured(value, unit) },
    { title: m.cmd_col_usual(), align: "right", cell: ({ usual, unit }) => measured(usual, unit) },
    scoreColumn(),
  ];
}

/** Robust standard deviations from the usual. */
function scoreColumn<Row extends { score: number }>(): Column<Row> {
  return {
    title: m.cmd_col_score(),
    align: "right",
    cell: ({ score }) => `${score > 0 ? "+" : ""}${figure(score)}`,
  };
}
