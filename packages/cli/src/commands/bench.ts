import { benchmarkRun, benchmarkSeconds, type BenchmarkRun } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { benchmarkNames, benchmarkSkips } from "@culprit/messages/benchmark-names";
import type { Command } from "commander";
import { UsageError } from "../failures.ts";
import { measured } from "../format/quantity.ts";
import { printable } from "../format/table.ts";
import { read, readingCommand, showTable, type ReadingOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

type Options = ReadingOptions & { onHub?: boolean };

export function bench(terminal: Terminal): Command {
  return readingCommand("bench", "run a machine's benchmarks now, those that its own file allows")
    .argument("[machine]", "name or id")
    .option("--on-hub", "instead: how fast the hub's own SQL is (DuckDB)")
    .action(async (machine: string | undefined, options: Options) => {
      if ((machine === undefined) !== (options.onHub === true))
        throw new UsageError("name a machine, or say --on-hub");
      await read(
        options,
        terminal,
        (hub) => {
          const path =
            machine === undefined ? "/hub/benchmarks" : `/machines/${encodeURIComponent(machine)}/benchmarks`;
          return hub.post(path, benchmarkRun, {}, benchmarkSeconds.caller);
        },
        (answer) => showRun(answer, terminal),
      );
    });
}

function showRun({ results, skipped }: BenchmarkRun, terminal: Terminal): void {
  if (results.length > 0)
    showTable(
      terminal,
      [
        {
          title: m.bench_col_benchmark(),
          cell: (row: BenchmarkRun["results"][number]) => benchmarkNames[row.benchmark](),
        },
        { title: m.bench_col_score(), align: "right", cell: ({ value, unit }) => measured(value, unit) },
      ],
      results,
    );
  if (skipped.length === 0) return;
  terminal.out(m.bench_skipped());
  for (const { benchmark, why, detail } of skipped)
    terminal.out(
      printable(
        `  ${benchmarkNames[benchmark]()}: ${benchmarkSkips[why]()}${detail === undefined ? "" : ` (${detail})`}`,
      ),
    );
  if (skipped.some(({ why }) => why === "not-allowed")) terminal.out(m.bench_fix_not_allowed());
}
