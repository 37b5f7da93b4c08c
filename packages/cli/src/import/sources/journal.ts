/** Runs of services in the journal of systemd, as `journalctl -o json` writes it. */
import { Input } from "../input.ts";
import { JournalRuns, type JournalRun } from "@culprit/agent/journal-runs";
import type { SourceKind } from "../kind.ts";
import { linesOf } from "../lines.ts";
import { readObject } from "../read-object.ts";
import type { Source, SourceRow } from "../row.ts";

export const journal: SourceKind = {
  name: "journal",
  place: "<file|->",
  description: "runs of systemd services, from journalctl -o json",
  usualKind: "job",
  configure: (command) => command.option("--unit <list>", "only these services, e.g. backup,certbot.service"),
  open: async (place, { unit }, { folder }) =>
    openJournal(await Input.open(place, folder), unit, place === "-"),
};

const columns = [
  "machine",
  "process",
  "start",
  "end",
  "outcome",
  "exitCode",
  "cpuSeconds",
  "ioReadBytes",
  "ioWriteBytes",
  "key",
];

function openJournal(input: Input, units: string | undefined, piped: boolean): Source {
  const wanted =
    units === undefined
      ? null
      : new Set(units.split(",").map((unit) => unit.trim().replace(/[.]service$/, "")));
  return {
    columns,
    notes: [],
    async *rows() {
      const runs = new JournalRuns();
      for await (const lines of linesOf(input.chunks())) {
        const rows: SourceRow[] = [];
        for (const { line, text } of lines) {
          if (text.trim() === "") continue;
          const entry = readObject(text);
          if (entry) rows.push(...runs.take(line, entry).filter(isWanted).map(rowOf));
          else
            rows.push({ line, fault: { reason: "unreadable", detail: "JSON" }, text: text.slice(0, 1000) });
        }
        yield rows;
      }
      yield runs.rest().filter(isWanted).map(rowOf);
    },
    share: () => input.share(),
    fingerprint: piped ? null : input.fingerprint,
    close: () => input.close(),
  };

  function isWanted({ unit }: JournalRun): boolean {
    return wanted === null || wanted.has(unit);
  }
}

function rowOf(run: JournalRun): SourceRow {
  const {
    line,
    machine,
    unit,
    startedAt,
    endedAt,
    outcome,
    exitCode,
    cpuSeconds,
    readBytes,
    writeBytes,
    invocation,
  } = run;
  const cell = (value: number | null): string | null => (value === null ? null : String(value));
  return {
    line,
    cells: [
      machine,
      unit,
      cell(startedAt),
      cell(endedAt),
      outcome,
      cell(exitCode),
      cell(cpuSeconds),
      cell(readBytes),
      cell(writeBytes),
      invocation,
    ],
  };
}
