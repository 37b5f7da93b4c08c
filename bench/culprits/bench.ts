/**
 * Culprits of a month from the execution log alone: seconds and memory of the fit beside the bare sweep of the same
 * executions, and how long one run's explanation takes from the runs that touch it.
 *
 *     npm run bench -- culprits [--executions 1000000] [--machines 20] [--groups 400] [--runs 2000] [--seed 1]
 */
import { parseArgs } from "node:util";
import { explainRun, fitAttribution, overlapTotals, seededRandom, type Evidence } from "@culprit/analysis";
import { makeFleet } from "./fleet.ts";

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      executions: { type: "string", default: "1000000" },
      machines: { type: "string", default: "20" },
      groups: { type: "string", default: "400" },
      runs: { type: "string", default: "2000" },
      seed: { type: "string", default: "1" },
    },
  });
  const random = seededRandom(Number(values.seed));
  const size = {
    executions: Number(values.executions),
    machines: Number(values.machines),
    groups: Number(values.groups),
  };
  const evidence = makeFleet(size, random);
  console.log(
    `${size.executions.toLocaleString("en")} executions of ${evidence.groups.process.length} groups on ${size.machines} machines, 30 days\n`,
  );
  const before = peakMegabytes();
  const sweep = timed(() => overlapTotals(evidence.log, evidence.groups.process.length));
  const swept = peakMegabytes();
  const fit = timed(() => fitAttribution(evidence));
  const { culprits, notSeparable, slowRuns, coverage } = fit.result.findings;
  row("bare sweep, all pairs of groups", sweep.text);
  row("fit", fit.text);
  row("peak memory: the log; with the sweep; with the fit", `${before}; ${swept}; ${peakMegabytes()} MB`);
  row(
    "culprits; not separable; slow runs; coverage",
    `${culprits.length}; ${notSeparable.length}; ${slowRuns}; ${coverage?.toFixed(2)}`,
  );
  const times = explainTimes(evidence, fit.result, Number(values.runs), random);
  const at = (share: number) => `${times[Math.floor((times.length - 1) * share)]!.toFixed(3)} ms`;
  row(`explain a run from its slice: median; p95 of ${times.length}`, `${at(0.5)}; ${at(0.95)}`);
}

function explainTimes(
  evidence: Evidence,
  model: ReturnType<typeof fitAttribution>,
  count: number,
  random: () => number,
): Float64Array {
  const { start, end, group, timed } = evidence.log;
  const longest = start.reduce((most, from, i) => Math.max(most, end[i]! - from), 0);
  return Float64Array.from({ length: count }, () => {
    const run = Math.floor(random() * start.length);
    const rows: number[] = [];
    let from = run;
    while (from > 0 && start[from - 1]! > start[run]! - longest) from--;
    for (let i = from; i < start.length && start[i]! < end[run]!; i++)
      if (end[i]! > start[run]!) rows.push(i);
    const slice: Evidence = {
      ...evidence,
      log: {
        start: Float64Array.from(rows, (i) => start[i]!),
        end: Float64Array.from(rows, (i) => end[i]!),
        group: Int32Array.from(rows, (i) => group[i]!),
        timed: Uint8Array.from(rows, (i) => timed[i]!),
      },
    };
    const own = rows.indexOf(run);
    const begun = performance.now();
    explainRun(model, slice, own);
    return performance.now() - begun;
  }).sort();
}

function timed<T>(work: () => T): { result: T; text: string } {
  const begun = performance.now();
  const used = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(used);
  const seconds = (performance.now() - begun) / 1000;
  return { result, text: `${seconds.toFixed(2)} s (${((user + system) / 1e6).toFixed(2)} s of CPU)` };
}

const peakMegabytes = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

function row(what: string, value: string): void {
  console.log(`${what.padEnd(54)}${value}`);
}

if (import.meta.filename === process.argv[1]) await run(process.argv.slice(2));
