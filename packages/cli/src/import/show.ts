/** What a person is told of an import, and the same for programs. */
import { m } from "@culprit/messages";
import { formatInstant } from "@culprit/protocol";
import { count, localTime } from "../format/quantity.ts";
import { printable } from "../format/table.ts";
import type { Terminal } from "../terminal.ts";
import type { Mapping } from "./fields.ts";
import type { Imported } from "./importing.ts";
import type { Reason, Source } from "./row.ts";
import type { Tally } from "./tally.ts";

export type Outcome = Imported & {
  source: Pick<Source, "columns" | "notes">;
  mapping: Mapping;
  dryRun: boolean;
  rejectsPath: string;
  /** Why the machines' names were not compared with the hub's; null if they were. */
  machinesUnchecked: string | null;
  seconds: number;
};

const namesShown = 8;

export function asJson(outcome: Outcome): string {
  const { tally, accepted, duplicates, skipped, interrupted, dryRun, rejectsPath, source, mapping } = outcome;
  const { good, badRows, ambiguous, cleaned, from, to, bad, processes, machines } = tally;
  return JSON.stringify(
    {
      dryRun,
      interrupted,
      rows: good + badRows,
      good,
      bad: Object.fromEntries(bad),
      ...(dryRun ? {} : { accepted, duplicates, continuedAfterRows: skipped }),
      ...(badRows > 0 && !dryRun ? { rejects: rejectsPath } : {}),
      columns: Object.fromEntries(columnsOf(source.columns, mapping)),
      notes: source.notes,
      ...(from === null || to === null ? {} : { from: formatInstant(from), to: formatInstant(to) }),
      ambiguousTimes: ambiguous,
      cleanedNames: cleaned,
      processes: Object.fromEntries(processes),
      machines: Object.fromEntries(machines),
    },
    null,
    2,
  );
}

export function show(outcome: Outcome, terminal: Terminal): void {
  const { tally, source, mapping, dryRun, rejectsPath, interrupted, machinesUnchecked } = outcome;
  const line = (text: string): void => terminal.out(printable(text));
  for (const note of source.notes) line(note);
  const taken = columnsOf(source.columns, mapping);
  line(m.import_columns({ columns: taken.map(([field, column]) => `${field} = ${column}`).join(", ") }));
  const used = new Set(taken.map(([, column]) => column));
  const unused = source.columns.filter((column) => !used.has(column));
  if (unused.length > 0) line(m.import_columns_unused({ columns: unused.join(", ") }));
  line(m.import_rows({ good: count(tally.good), bad: count(tally.badRows) }));
  for (const [reason, { rows, lines, example }] of tally.bad) {
    const shown = lines.join(", ") + (rows > lines.length ? ", …" : "");
    line(`  ${m.import_bad({ rows: count(rows), reason: reasonText(reason), lines: shown })}`);
    if (example) line(`    ${m.import_example({ text: example })}`);
  }
  if (tally.from !== null && tally.to !== null)
    line(
      m.import_range({
        from: localTime(tally.from, terminal.timeZone),
        to: localTime(tally.to, terminal.timeZone),
        zone: terminal.timeZone,
      }),
    );
  line(m.import_processes({ names: names(tally, "processes") }));
  line(m.import_machines({ names: names(tally, "machines") }));
  if (machinesUnchecked !== null) line(m.import_machines_unchecked({ reason: machinesUnchecked }));
  if (tally.ambiguous > 0) line(m.import_ambiguous({ rows: count(tally.ambiguous) }));
  if (tally.cleaned > 0) line(m.import_cleaned({ rows: count(tally.cleaned) }));
  if (tally.from !== null && tally.from < terminal.now() - yearMicros) line(m.import_older_than_kept());
  if (dryRun) return line(m.import_dry_run());
  if (outcome.skipped > 0) line(m.import_continued({ rows: count(outcome.skipped) }));
  line(
    m.import_done({
      accepted: count(outcome.accepted),
      duplicates: count(outcome.duplicates),
      speed: count((tally.good + tally.badRows) / Math.max(outcome.seconds, 0.001)),
    }),
  );
  if (tally.badRows > 0) line(m.import_rejected({ path: rejectsPath }));
  if (interrupted) line(m.import_interrupted());
}

const yearMicros = 365 * 86_400 * 1_000_000;

function columnsOf(columns: readonly string[], { columns: chosen, attributes }: Mapping): [string, string][] {
  return [
    ...[...chosen].map(([field, at]): [string, string] => [field, columns[at]!]),
    ...[...attributes].map(([name, at]): [string, string] => [`attributes.${name}`, columns[at]!]),
  ];
}

/** Those with most runs first. */
function names(tally: Tally, what: "processes" | "machines"): string {
  const all = [...tally[what]].toSorted(([, a], [, b]) => b - a);
  const shown = all
    .slice(0, namesShown)
    .map(([name, runs]) => `${name || m.import_machine_of_token()} (${count(runs)})`);
  const more = all.length - shown.length;
  return [...shown, ...(more > 0 ? [m.import_more_names({ count: more })] : [])].join(", ") || "–";
}

function reasonText(reason: Reason): string {
  switch (reason) {
    case "unreadable":
      return m.import_reason_unreadable();
    case "no-process":
      return m.import_reason_no_process();
    case "no-machine":
      return m.import_reason_no_machine();
    case "unknown-machine":
      return m.import_reason_unknown_machine();
    case "no-start":
      return m.import_reason_no_start();
    case "no-end":
      return m.import_reason_no_end();
    case "bad-time":
      return m.import_reason_bad_time();
    case "bad-duration":
      return m.import_reason_bad_duration();
    case "ends-before-start":
      return m.import_reason_ends_before_start();
    case "too-old":
      return m.import_reason_too_old();
    case "too-new":
      return m.import_reason_too_new();
    case "unknown-kind":
      return m.import_reason_unknown_kind();
    case "unknown-outcome":
      return m.import_reason_unknown_outcome();
    case "bad-number":
      return m.import_reason_bad_number();
    case "invalid":
      return m.import_reason_invalid();
    case "refused":
      return m.import_reason_refused();
    default:
      return reason satisfies never;
  }
}
