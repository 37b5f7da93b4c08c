/** `npm run bench -- agent [--processes N] [--rounds N] [--seconds N]`: what the agent costs the machine. */
import { parseArgs } from "node:util";
import { agentCosts } from "./agent-memory.ts";
import { startSleepers } from "./sleepers.ts";
import { snapshotCost, type SnapshotCost } from "./snapshot-cost.ts";
import { compileReader, psutilCost } from "./yardsticks.ts";

const sameFiles = ["stat", "io"];
const usualFiles = ["stat", "statm", "io"];

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      processes: { type: "string", default: "300" },
      rounds: { type: "string", default: "100" },
      seconds: { type: "string", default: "60" },
    },
  });
  await compareSnapshots(Number(values.processes), Number(values.rounds));
  const seconds = Number(values.seconds);
  if (seconds <= 0) return;
  console.log(`\nThe whole agent, running for ${seconds} s with the default intervals\n`);
  const costs = await agentCosts(seconds);
  table(
    ["program", "RSS, MB", "CPU, % of a core"],
    costs.map(({ program, rssBytes, cpuShare }) => [
      program,
      (rssBytes / 1e6).toFixed(1),
      (100 * cpuShare).toFixed(2),
    ]),
  );
}

async function compareSnapshots(count: number, rounds: number): Promise<void> {
  const sleepers = await startSleepers(count);
  const reader = compileReader();
  try {
    console.log("One full table of OS processes, CPU of user and system; back to back, and 4 a second\n");
    const rows: string[][] = [];
    for (const { pace, pause, times } of [
      { pace: "", pause: 0, times: rounds },
      { pace: ", paced", pause: 250, times: Math.ceil(rounds / 5) },
    ]) {
      const agent = await snapshotCost(times, pause);
      const add = (what: string, cost: SnapshotCost | null | undefined) =>
        cost && rows.push(snapshotRow(`${what}${pace}`, cost, agent));
      add("the agent", agent);
      add("C: stat, io", reader?.cost(sameFiles, times, pause));
      add("C: stat, statm, io", reader?.cost(usualFiles, times, pause));
      if (pause === 0) add("psutil", psutilCost(Math.ceil(times / 5)));
    }
    table(["program", "processes", "CPU, us", "us a process", "the agent needs"], rows);
  } finally {
    reader?.remove();
    sleepers.end();
  }
}

function each({ cpuMicros, processes }: SnapshotCost): number {
  return cpuMicros / processes;
}

/** Costs are compared by the process: their number may change from one to the next. */
function snapshotRow(what: string, cost: SnapshotCost, agent: SnapshotCost): string[] {
  return [
    what,
    String(cost.processes),
    cost.cpuMicros.toFixed(0),
    each(cost).toFixed(2),
    `${(each(agent) / each(cost)).toFixed(2)}x`,
  ];
}

function table(head: string[], rows: string[][]): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ");
  console.log(line(head));
  console.log(line(widths.map((width) => "-".repeat(width))));
  for (const row of rows) console.log(line(row));
}

if (process.argv[1] === import.meta.filename) await run(process.argv.slice(2));
