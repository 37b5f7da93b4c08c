/** `npm run bench -- agent-budget [--minutes N] [--processes N]`: the agent's budget, beside what others cost at the same time. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { agentEnvironment, builtAgents } from "../agent/agent-memory.ts";
import { startSleepers } from "../agent/sleepers.ts";
import { debianPrograms } from "./debian-programs.ts";
import { treeCost, type TreeCost } from "./process-tree.ts";

const goals: Record<string, { cpuShare: number; rssBytes: number }> = {
  "culprit agent, node": { cpuShare: 0.01, rssBytes: 80e6 },
  "culprit agent, bun, compiled": { cpuShare: 0.01, rssBytes: 45e6 },
};
const warmUpSeconds = 20;
const askEverySeconds = 15;

type Program = { name: string; process: ChildProcess; asked?: string };

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      minutes: { type: "string", default: "10" },
      processes: { type: "string", default: "300" },
    },
  });
  const minutes = Number(values.minutes);
  const folder = mkdtempSync(join(tmpdir(), "culprit-budget-"));
  const sleepers = await startSleepers(Number(values.processes));
  const programs: Program[] = [];
  const hub = createServer((_request, response) => response.writeHead(503).end());
  await new Promise<void>((resolve) => void hub.listen(0, "127.0.0.1", resolve));
  const address = hub.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    for (const { program, command, parameters } of await builtAgents(folder)) {
      const dataDir = join(folder, program.replace(/\W/g, "-"));
      mkdirSync(dataDir);
      const environment = agentEnvironment(port, dataDir);
      programs.push(started(`culprit agent, ${program}`, command, parameters, environment));
    }
    const debian = debianPrograms(join(folder, "debian"));
    const environment = { PATH: process.env["PATH"] ?? "", LD_LIBRARY_PATH: debian.libraryPath };
    for (const { name, command, parameters, asked } of debian.programs)
      programs.push({ ...started(name, command, parameters, environment), ...(asked ? { asked } : {}) });
    console.log(`${programs.length} programs at once for ${minutes} min, ${values.processes} OS processes\n`);
    await asking(programs, warmUpSeconds);
    const before = costs(programs);
    await asking(programs, minutes * 60);
    show(before, costs(programs), minutes * 60);
  } finally {
    for (const { process } of programs) process.kill("SIGTERM");
    await pause(1000);
    for (const { process } of programs) process.kill("SIGKILL");
    sleepers.end();
    hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function started(
  name: string,
  command: string,
  parameters: string[],
  environment: Record<string, string>,
): Program {
  return { name, process: spawn(command, parameters, { stdio: "ignore", env: environment }) };
}

/** Waits so long and asks the exporters meanwhile. */
async function asking(programs: readonly Program[], seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    for (const { asked } of programs)
      if (asked)
        await fetch(asked)
          .then((response) => response.arrayBuffer())
          .catch(() => null);
    const left = end - performance.now();
    if (left <= 0) return;
    await pause(Math.min(left, askEverySeconds * 1000));
  }
}

function costs(programs: readonly Program[]): Map<string, TreeCost> {
  const known = new Map<string, TreeCost>();
  for (const { name, process } of programs) {
    try {
      known.set(name, treeCost(process.pid ?? 0));
    } catch {
      // Left out of the table, and said there.
    }
  }
  for (const { name } of programs) if (!known.has(name)) console.log(`no row for ${name}: it has ended`);
  return known;
}

function show(before: Map<string, TreeCost>, after: Map<string, TreeCost>, seconds: number): void {
  const head = [
    "program".padEnd(30),
    "CPU, % of a core".padStart(17),
    "RSS, MB".padStart(9),
    "anonymous".padStart(11),
    "  goal",
  ];
  console.log(head.join(""));
  for (const [name, { cpuSeconds, rssBytes, anonymousBytes }] of after) {
    const share = (cpuSeconds - (before.get(name)?.cpuSeconds ?? 0)) / seconds;
    const goal = goals[name];
    const met = goal && share <= goal.cpuShare && rssBytes <= goal.rssBytes;
    const told = goal
      ? `  ${(100 * goal.cpuShare).toFixed(0)}%, ${goal.rssBytes / 1e6} MB: ${met ? "met" : "MISSED"}`
      : "";
    console.log(
      name.padEnd(30) +
        (100 * share).toFixed(2).padStart(17) +
        (rssBytes / 1e6).toFixed(1).padStart(9) +
        (anonymousBytes / 1e6).toFixed(1).padStart(11) +
        told,
    );
    if (goal && !met) process.exitCode = 1;
  }
}

if (process.argv[1] === import.meta.filename) await run(process.argv.slice(2));
