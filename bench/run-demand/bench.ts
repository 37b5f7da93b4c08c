/**
 * `npm run bench -- run-demand [--only <part of a name>]`: real jobs of known use through recorder, agent and hub, and what the
 * hub then says that they used. Each runs twice: under culprit-run, which knows what it waited for, and told by a recorder
 * that knows nothing, so that the agent's looks have to do.
 */
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { writeIntake } from "@culprit/agent";
import { execution, formatInstant, list, type Execution, type HubClient } from "@culprit/protocol";
import { adminClient } from "../../e2e/hub-process.ts";
import { culpritRun, startSystem, type System } from "../../e2e/system.ts";
import { jobs, makeGroup, toldBy, type Job, type Use } from "./jobs.ts";

const goal = 0.05;
const patienceSeconds = 60;

type Way = "culprit-run" | "looks alone";
type Row = { job: string; way: Way; use: keyof Use; true: number; claimed: number | null };

const names: Record<keyof Use, { name: string; unit: string; by: number }> = {
  cpuSeconds: { name: "CPU", unit: "s", by: 1 },
  ioReadBytes: { name: "read", unit: "MB", by: 1e6 },
  ioWriteBytes: { name: "written", unit: "MB", by: 1e6 },
  maxRssBytes: { name: "memory", unit: "MB", by: 1e6 },
  runQueueSeconds: { name: "waited", unit: "s", by: 1 },
};

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({ args: argv, options: { only: { type: "string", default: "" } } });
  const system = await startSystem({ CULPRIT_OBSERVE_CRON: "false", CULPRIT_OBSERVE_SYSTEMD: "false" });
  try {
    const client = await adminClient(system.address);
    const rows: Row[] = [];
    for (const job of jobs.filter(({ name }) => name.includes(values.only)))
      for (const way of ["culprit-run", "looks alone"] as const)
        rows.push(...(await measured(system, client, job, way)));
    show(rows);
  } finally {
    await system.stop();
  }
}

async function measured(system: System, client: HubClient, job: Job, way: Way): Promise<Row[]> {
  const id = `${job.name.replace(/\W+/g, "-")}-${way.replace(" ", "-")}`;
  const folder = join(system.folder, "jobs");
  await mkdir(folder, { recursive: true });
  const truth = join(folder, `${id}.truth`);
  const group = job.group ? makeGroup(`culprit-bench-${process.pid}`) : null;
  if (job.group && !group) {
    console.log(`${job.name}: this machine lets nobody make a control group`);
    return [];
  }
  const environment = { ...process.env, TRUTH: truth, CULPRIT_INTAKE: system.intake };
  const command = job.command(folder);
  const mate = group
    ? ended(spawn("sh", ["-c", `${group.add}; exec "$@"`, "sh", ...command], { env: environment }))
    : null;
  await (way === "culprit-run"
    ? ended(
        spawn("sh", grouped(group, [culpritRun, "--id", id, "--name", job.name, "--", ...command]), {
          env: environment,
        }),
      )
    : recorded(system.intake, id, job.name, grouped(group, command), environment));
  await mate;
  group?.remove();
  const run = await stored(client, id);
  const told = toldBy(truth);
  const uses = { ...job.known };
  for (const use of job.told ?? []) Object.assign(uses, { [use]: told[use as keyof typeof told] });
  return Object.entries(uses).map(([use, value]) => {
    const key = use as keyof Use;
    return { job: job.name, way, use: key, true: value, claimed: run[key] ?? null };
  });
}

function grouped(group: { add: string } | null, command: readonly string[]): string[] {
  return ["-c", `${group ? `${group.add}; ` : ""}exec "$@"`, "sh", ...command];
}

/** As a recorder that knows when its job starts and ends, marks what it starts, and knows nothing of what that uses. */
async function recorded(
  intake: string,
  id: string,
  process: string,
  command: string[],
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const startedAt = formatInstant(Date.now() * 1000);
  const child = spawn("sh", command, { env: { ...environment, CULPRIT_PARENT_ID: id } });
  const end = ended(child);
  await writeIntake(intake, { id, process, startedAt, pid: child.pid! });
  await end;
  await writeIntake(intake, {
    id,
    process,
    startedAt,
    endedAt: formatInstant(Date.now() * 1000),
    outcome: "ok",
  });
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) =>
    child
      .once("error", reject)
      .once("exit", (code) =>
        code === 0 ? resolve() : reject(new Error(`${child.spawnargs.join(" ")} ended with ${code}`)),
      ),
  );
}

async function stored(client: HubClient, id: string): Promise<Execution> {
  for (let seconds = 0; seconds < patienceSeconds; seconds++) {
    const { items } = await client.get("/executions", list(execution), {});
    const found = items.find((one) => one.id === id && one.outcome !== "running");
    if (found) return found;
    await pause(1000);
  }
  throw new Error(`no run ${id} was stored within ${patienceSeconds} s`);
}

function show(rows: readonly Row[]): void {
  const line = (...cells: string[]) =>
    console.log(
      cells.map((cell, at) => (at < 3 ? cell.padEnd([28, 13, 9][at]!) : cell.padStart(11))).join(""),
    );
  line("job", "told by", "what", "true", "claimed", "error");
  let missed = 0;
  for (const { job, way, use, true: truth, claimed } of rows) {
    const { name, unit, by } = names[use];
    const error = claimed === null ? null : claimed / truth - 1;
    const isMissed = error !== null && Math.abs(error) > goal;
    if (isMissed) missed++;
    const amount = (value: number | null) =>
      value === null ? "not told" : `${(value / by).toFixed(2)} ${unit}`;
    const told = error === null ? "" : `${(100 * error).toFixed(1)}%${isMissed ? " !" : ""}`;
    line(job, way, name, amount(truth), amount(claimed), told);
  }
  const untold = rows.filter(({ claimed }) => claimed === null).length;
  console.log(`\n${rows.length} figures, ${missed} off by more than ${100 * goal}%, ${untold} not told`);
  if (missed > 0) process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) await run(process.argv.slice(2));
