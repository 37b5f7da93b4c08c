import { fitness as fitnessSchema, list, type BenchmarkTrend, type Fitness } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { benchmarkNames } from "@culprit/messages/benchmark-names";
import type { Command } from "commander";
import type { Colour } from "../format/colour.ts";
import { measured, share } from "../format/quantity.ts";
import { printable } from "../format/table.ts";
import { read, readingCommand, showTable, timeOf, type ReadingOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

const states: Record<Fitness["state"], { name: () => string; colour: Colour }> = {
  ok: { name: m.bench_state_ok, colour: "green" },
  degraded: { name: m.bench_state_degraded, colour: "red" },
  busy: { name: m.bench_state_busy, colour: "yellow" },
};

type FitnessOptions = ReadingOptions & { exitCode?: boolean };

export function fitness(terminal: Terminal): Command {
  return readingCommand("fitness", "which machines are fit for new work; of one also its benchmarks")
    .argument("[machine]", "name or id")
    .option("--exit-code", "exit status 1 if one is degraded")
    .action(async (machine: string | undefined, options: FitnessOptions) => {
      const answers =
        machine === undefined
          ? (
              await read(
                options,
                terminal,
                (hub) => hub.get("/fitness", list(fitnessSchema)),
                ({ items }) => showFleet(items, terminal),
              )
            ).items
          : [
              await read(
                options,
                terminal,
                (hub) => hub.get(`/machines/${encodeURIComponent(machine)}/fitness`, fitnessSchema),
                (answer) => showMachine(answer, terminal),
              ),
            ];
      if (options.exitCode && answers.some(({ state }) => state === "degraded")) terminal.status = 1;
    });
}

function showFleet(items: readonly Fitness[], terminal: Terminal): void {
  if (items.length === 0) return terminal.out(m.bench_no_machines());
  showTable(
    terminal,
    [
      { title: m.cmd_col_machine(), shrinkTo: 8, cell: (row: Fitness) => row.machine },
      {
        title: m.bench_col_state(),
        cell: ({ state }) => states[state].name(),
        colour: ({ state }) => states[state].colour,
      },
      {
        title: m.bench_col_why(),
        shrinkTo: 20,
        cell: ({ reasons }) => reasons.map(({ text }) => text).join("; "),
      },
    ],
    items,
  );
}

function showMachine({ text, benchmarks }: Fitness, terminal: Terminal): void {
  terminal.out(printable(text));
  if (benchmarks.length === 0) return;
  const time = timeOf(terminal);
  const zone = terminal.timeZone;
  showTable(
    terminal,
    [
      { title: m.bench_col_benchmark(), cell: (row: BenchmarkTrend) => benchmarkNames[row.benchmark]() },
      { title: m.bench_col_score(), align: "right", cell: ({ latest, unit }) => measured(latest, unit) },
      { title: m.bench_col_usual(), align: "right", cell: ({ ratio }) => share(ratio) },
      { title: m.bench_col_peers(), align: "right", cell: ({ peers }) => share(peers?.ratio) },
      { title: m.bench_col_runs(), align: "right", cell: ({ runs }) => String(runs) },
      { title: m.bench_col_latest({ zone }), cell: ({ latestAt }) => time(latestAt) },
      { title: m.bench_col_slower_since({ zone }), cell: ({ changedAt }) => time(changedAt ?? undefined) },
    ],
    benchmarks,
  );
}
