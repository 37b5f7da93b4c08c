/** `npm run bench -- <name> [options]`; without a name it prints the list. */
type Bench = { about: string; load: () => Promise<{ run: (argv: string[]) => Promise<void> }> };

const benches: Record<string, Bench> = {
  "access-log": {
    about: "an access log of 2,000 lines a second followed for a minute: cost, and what was lost",
    load: () => import("./access-log/bench.ts"),
  },
  agent: {
    about: "one look at 300 OS processes against C and psutil, and the memory of the running agent",
    load: () => import("./agent/bench.ts"),
  },
  "agent-budget": {
    about: "the whole agent among 300 OS processes for ten minutes, beside node_exporter, Netdata and atop",
    load: () => import("./agent-budget/bench.ts"),
  },
  attribution: {
    about:
      "who slowed it down, in worlds whose truth is known: all figures beside their goals (--quick: a minute)",
    load: () => import("./attribution/bench.ts"),
  },
  "attribution-real": {
    about:
      "real jobs, real antagonists and innocent companions, through recorder, agent and hub: ten minutes",
    load: () => import("./attribution-real/bench.ts"),
  },
  changes: {
    about: "change points: false alarms a year on series that never change, planted changes found",
    load: () => import("./changes/bench.ts"),
  },
  culprits: {
    about:
      "culprits of a month of a million executions from the log alone: seconds, memory, and one run explained",
    load: () => import("./culprits/bench.ts"),
  },
  cut: {
    about:
      "machines cut off, half cut off, on a slow way and stopped for ten minutes: states, recovery, what was lost",
    load: () => import("./cut/bench.ts"),
  },
  fleet: {
    about:
      "thousands of agents on one hub: steady state, a page meanwhile, and all coming back after a restart",
    load: () => import("./fleet/bench.ts"),
  },
  intake: {
    about: "what 150,000 OS-process rows from 50 machines cost a hub, and their bytes on disk",
    load: () => import("./intake/bench.ts"),
  },
  moves: {
    about: "what-if, advice and moves made with a month of a million executions; differences of 5,000 series",
    load: () => import("./moves/bench.ts"),
  },
  overlap: {
    about: "overlap seconds by pair of processes, from 5 million executions in the store",
    load: () => import("./overlap/bench.ts"),
  },
  pages: {
    about: "the requests of the dashboard's pages with a month of 20 machines stored, and the hub's memory",
    load: () => import("./pages/bench.ts"),
  },
  php: {
    about: "what culprit.php adds to a page of php-fpm behind nginx",
    load: () => import("./php/bench.ts"),
  },
  recorder: {
    about: "what culprit-run and culprit-sh add to a command",
    load: () => import("./recorder/bench.ts"),
  },
  recording: {
    about: "5,000 executions a second for a minute through one agent's intake folder: lost, doubled, CPU",
    load: () => import("./recording/bench.ts"),
  },
  "run-demand": {
    about: "what runs are said to have used against what they did use: CPU, bytes, memory, trees, daemons",
    load: () => import("./run-demand/bench.ts"),
  },
  store: {
    about: "what the embedded store costs by itself, rows in and bytes on disk",
    load: () => import("./store/bench.ts"),
  },
  why: {
    about: "why a run was slow, with 10 million executions stored, and the fit that it rests on",
    load: () => import("./why/bench.ts"),
  },
};

const [name, ...argv] = process.argv.slice(2);
const bench = name === undefined ? undefined : benches[name];
if (bench) {
  const { run } = await bench.load();
  await run(argv);
} else {
  if (name !== undefined) console.error(`there is no bench ${name}\n`);
  console.log("npm run bench -- <name>\n");
  for (const [each, { about }] of Object.entries(benches)) console.log(`  ${each.padEnd(18)}${about}`);
  process.exitCode = name === undefined ? 0 : 2;
}
