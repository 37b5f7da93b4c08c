/** Culprits, their victims, and what can't be told, as text for a terminal. */
import { m } from "@culprit/messages";
import type { Culprit, Culprits } from "@culprit/protocol";
import type { Terminal } from "../terminal.ts";
import { barColumns, blocks } from "./bar.ts";
import { paint } from "./colour.ts";
import { count, duration, interval, localTime, share } from "./quantity.ts";
import { section } from "./section.ts";
import { formatTable, printable, type Column } from "./table.ts";

type Victim = Culprit["victims"][number];
type VictimRow = Victim & Pick<Culprit, "basis"> & { culprit: string };

/** Pictures of distributions take lines: those of the first victims. */
const mostPictures = 3;

/** The ranking; with `detailed` each culprit by itself with its victims. */
export function formatCulprits(answer: Culprits, detailed: boolean, terminal: Terminal): string {
  const { culprits, notSeparable, notEnough } = answer;
  const ranking = detailed
    ? culprits.map((culprit) => formatCulprit(culprit, terminal))
    : culprits.length === 0
      ? []
      : [`\n${formatTable(culpritColumns(culprits, terminal), culprits, terminal)}`];
  const groups = notSeparable.map(({ text }) => printable(text));
  return [
    printable(answer.text),
    ...ranking,
    groups.length === 0 ? "" : heading(m.cmd_culprits_not_separable(), terminal),
    ...groups,
    section(m.cmd_culprits_not_enough(), notEnough, notEnoughColumns(), terminal),
    footer(answer, terminal),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

const heading = (title: string, { colours }: Terminal): string => `\n${paint(colours, "bold", title)}`;

/** How far to trust it: how often the method errs on this log, and what it knew. */
function footer({ culprits, falseAccusationRate, fittedAt }: Culprits, { timeZone }: Terminal): string {
  const lines = [];
  if (culprits.length > 0 && falseAccusationRate !== null)
    lines.push(
      falseAccusationRate === 0
        ? m.cmd_culprits_false_rate_none()
        : m.cmd_culprits_false_rate({ share: share(falseAccusationRate) }),
    );
  if (fittedAt !== null)
    lines.push(m.cmd_culprits_fitted({ time: localTime(fittedAt, timeZone), zone: timeZone }));
  return lines.length === 0 ? "" : `\n${lines.join("\n")}`;
}

function formatCulprit(culprit: Culprit, terminal: Terminal): string {
  const rows = culprit.victims.map((victim) => asRow(culprit, victim));
  const pictures = culprit.victims.slice(0, mostPictures).map(picture);
  return [
    "",
    printable(culprit.text),
    formatTable(victimColumns(rows, terminal), rows, terminal),
    ...pictures,
  ].join("\n");
}

const asRow = ({ process, basis }: Culprit, victim: Victim): VictimRow => ({
  ...victim,
  culprit: process,
  basis,
});

/** The two distributions between the same bounds. */
function picture({ process, relativeDurations }: Victim): string {
  const first = relativeDurations[0];
  const last = relativeDurations.at(-1);
  if (!first || !last) return "";
  const times = (ratio: number) => `${ratio.toLocaleString("en", { maximumSignificantDigits: 2 })}×`;
  const drawn = (counts: number[]) => `${times(first.from)} ${blocks(counts)} ${times(last.to)}`;
  return m.cmd_culprits_durations({
    victim: printable(process),
    beside: drawn(relativeDurations.map((bin) => bin.with)),
    alone: drawn(relativeDurations.map((bin) => bin.without)),
  });
}

function culpritColumns(culprits: readonly Culprit[], terminal: Terminal): Column<Culprit>[] {
  return [
    { title: m.cmd_col_process(), cell: ({ process }) => process, shrinkTo: 12 },
    { title: m.cmd_col_machines(), cell: ({ machines }) => machines.join(", "), shrinkTo: 8 },
    { title: m.cmd_col_cost_least(), align: "right", cell: (row) => duration(row.causedSeconds) },
    { title: m.cmd_col_interval(), align: "right", cell: interval },
    ...barColumns(culprits, ({ causedSeconds }) => causedSeconds, terminal),
    {
      title: m.cmd_col_victims(),
      cell: ({ victims }) => [...new Set(victims.map(({ process }) => process))].join(", "),
      shrinkTo: 12,
    },
    { title: m.cmd_col_basis(), cell: basisText },
  ];
}

const basisText = ({ basis }: Pick<Culprit, "basis">): string =>
  basis === "samples" ? m.cmd_basis_samples() : m.cmd_basis_log();

function victimColumns(
  rows: readonly VictimRow[],
  terminal: Terminal,
  names: Column<VictimRow>[] = [
    { title: m.cmd_col_victim(), cell: ({ process }) => process, shrinkTo: 12 },
    { title: m.cmd_col_machine(), cell: ({ machine }) => machine, shrinkTo: 8 },
  ],
): Column<VictimRow>[] {
  return [
    ...names,
    { title: m.cmd_col_cost_least(), align: "right", cell: ({ seconds }) => duration(seconds) },
    { title: m.cmd_col_interval(), align: "right", cell: interval },
    ...barColumns(rows, ({ seconds }) => seconds, terminal),
    { title: m.cmd_col_per_second(), align: "right", cell: (row) => duration(row.slowdownPerSecond) },
    { title: m.cmd_col_runs_with(), align: "right", cell: (row) => count(row.exposedRuns) },
    { title: m.cmd_col_runs_without(), align: "right", cell: (row) => count(row.unexposedRuns) },
    { title: m.cmd_col_false_discovery(), align: "right", cell: ({ q }) => rateText(q) },
    { title: m.cmd_col_basis(), cell: basisText },
  ];
}

/** Rates this small differ in nothing that matters. */
const rateText = (rate: number): string => (rate < 0.0005 ? `<${share(0.0005)}` : share(rate));

function notEnoughColumns(): Column<Culprits["notEnough"][number]>[] {
  return [
    { title: m.cmd_col_suspect(), cell: ({ suspect }) => suspect.process, shrinkTo: 12 },
    { title: m.cmd_col_machine(), cell: ({ suspect }) => suspect.machine, shrinkTo: 8 },
    { title: m.cmd_col_victim(), cell: ({ victim }) => victim.process, shrinkTo: 12 },
    { title: m.cmd_col_machine(), cell: ({ victim }) => victim.machine, shrinkTo: 8 },
    { title: m.cmd_col_runs_with(), align: "right", cell: (row) => count(row.exposedRuns) },
    { title: m.cmd_col_runs_without(), align: "right", cell: (row) => count(row.unexposedRuns) },
  ];
}

/** Beside the explanation of one run of `process`: who slows it, and whom it slows, as `slowing` and `slowed` were answered. */
export function formatRelations(
  process: string,
  slowing: Culprits,
  slowed: Culprits,
  terminal: Terminal,
): string {
  const suspects = slowing.culprits.flatMap((culprit) =>
    culprit.victims.map((victim) => asRow(culprit, victim)),
  );
  const victims = slowed.culprits.flatMap((culprit) =>
    culprit.victims.map((victim) => asRow(culprit, victim)),
  );
  const name = printable(process);
  const groups = new Set(
    [...slowing.notSeparable, ...slowed.notSeparable].map(({ text }) => printable(text)),
  );
  if (suspects.length + victims.length + groups.size === 0)
    return `\n${m.cmd_culprits_nobody_slows({ process: name })}`;
  const bySuspect: Column<VictimRow>[] = [
    { title: m.cmd_col_process(), cell: ({ culprit }) => culprit, shrinkTo: 12 },
    { title: m.cmd_col_machine(), cell: ({ machine }) => machine, shrinkTo: 8 },
  ];
  return [
    section(
      m.cmd_culprits_of_victim({ process: name }),
      suspects,
      victimColumns(suspects, terminal, bySuspect),
      terminal,
    ),
    section(m.cmd_culprits_victims({ process: name }), victims, victimColumns(victims, terminal), terminal),
    ...(groups.size === 0 ? [] : [heading(m.cmd_culprits_not_separable(), terminal), ...groups]),
  ]
    .filter((part) => part !== "")
    .join("\n");
}
