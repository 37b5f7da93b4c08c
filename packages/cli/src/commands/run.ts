import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { constants } from "node:os";
import { basename } from "node:path";
import { writeIntake, type IntakeRun } from "@culprit/agent/intake";
import { executionKinds, formatInstant, type ExecutionKind } from "@culprit/protocol";
import { Command, Option } from "commander";
import { UsageError } from "../failures.ts";
import { localPlaces } from "../settings/local-places.ts";
import type { Terminal } from "../terminal.ts";

type Options = { name?: string; step?: string; kind: ExecutionKind; id?: string };

/** Never changes the job: output and exit status are its own, and if recording fails only the system's log says so. */
export function run(terminal: Terminal): Command {
  return new Command("run")
    .description("run a command and record it; its exit status is passed through")
    .argument("<command...>", "the command and its arguments")
    .option("--name <name>", "name of the process (default: the command's; for a step the surrounding run's)")
    .option("--step <step>", "record it as a step of the process")
    .addOption(new Option("--kind <kind>").choices(executionKinds).default("job"))
    .option("--id <id>", "your own id of this execution")
    .passThroughOptions()
    .action((command: string[], options: Options) => recordRun(command, options, terminal));
}

async function recordRun(
  [program, ...parameters]: string[],
  options: Options,
  terminal: Terminal,
): Promise<void> {
  if (program === undefined) throw new UsageError("no command");
  const { environment } = terminal;
  const surrounding = options.step === undefined ? undefined : environment["CULPRIT_PROCESS"];
  const id = options.id ?? randomUUID();
  const execution: IntakeRun = {
    id,
    process: options.name ?? (surrounding || basename(program)),
    kind: options.kind,
    startedAt: formatInstant(terminal.now()),
    pid: process.pid,
    ...(options.step === undefined ? {} : { step: options.step }),
    ...(environment["CULPRIT_PARENT_ID"] ? { parentId: environment["CULPRIT_PARENT_ID"] } : {}),
  };
  const { intake } = localPlaces({}, terminal);
  const recorded = writeIntake(intake, execution).catch(logFailure);
  const environmentOfJob = { ...environment, CULPRIT_PARENT_ID: id, CULPRIT_PROCESS: execution.process };
  const status = await runJob(() => spawn(program, parameters, { stdio: "inherit", env: environmentOfJob }));
  await recorded;
  const endedAt = formatInstant(terminal.now());
  const outcome = status === 0 ? "ok" : "failed";
  await writeIntake(intake, { ...execution, endedAt, exitCode: status, outcome }).catch(logFailure);
  terminal.status = status;
}

/** The exit status as a shell would give it: 128 + n for signal n, 127 not found, 126 not executable. */
async function runJob(start: () => ChildProcess): Promise<number> {
  // First, or a signal that comes while the job starts would end this process alone.
  const stopPassing = passSignalsOn(() => job);
  const job = start();
  try {
    return await new Promise<number>((resolve) => {
      job.once("error", (error: NodeJS.ErrnoException) => {
        const absent = error.code === "ENOENT";
        process.stderr.write(
          `culprit run: ${job.spawnfile}: ${absent ? "command not found" : error.message}\n`,
        );
        resolve(absent ? 127 : 126);
      });
      job.once("exit", (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
    });
  } finally {
    stopPassing();
  }
}

function passSignalsOn(job: () => ChildProcess): () => void {
  const passed: NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR2"];
  // A terminal sends these to the job, too.
  const twice = process.stdin.isTTY
    ? new Set<NodeJS.Signals>(["SIGINT", "SIGQUIT"])
    : new Set<NodeJS.Signals>();
  const handler = (signal: NodeJS.Signals) => {
    if (!twice.has(signal)) job().kill(signal);
  };
  for (const signal of passed) process.on(signal, handler);
  return () => {
    for (const signal of passed) process.off(signal, handler);
  };
}

/** Cron mails what a job prints: a failure to record must not be in it. */
function logFailure(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  spawn("logger", ["-t", "culprit-run", "--", `could not record: ${reason}`], {
    stdio: "ignore",
    detached: true,
  })
    .on("error", () => undefined)
    .unref();
}
