import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { executionKinds, type ExecutionKind } from "@culprit/protocol";
import { Command, Option } from "commander";
import { localPlaces } from "../settings/local-places.ts";
import { culpritRun } from "../shipped.ts";
import type { Terminal } from "../terminal.ts";

type Options = { name?: string; step?: string; kind: ExecutionKind; id?: string; capture?: true };

/** `culprit-run`, which records in the intake folder that this computer's settings name. */
export function run(terminal: Terminal): Command {
  return new Command("run")
    .description("run a command and record it; its exit status is passed through")
    .argument("<command...>", "the command and its arguments")
    .option("--name <name>", "name of the process (default: the command's; for a step the surrounding run's)")
    .option("--step <step>", "record it as a step of the process")
    .addOption(new Option("--kind <kind>").choices(executionKinds).default("job"))
    .option("--id <id>", "your own id of this execution")
    .option("--capture", "record the last 10 kB of its output, too")
    .passThroughOptions()
    .action(async (command: string[], options: Options) => {
      const env = { ...terminal.environment, CULPRIT_INTAKE: localPlaces({}, terminal).intake };
      const parameters = [culpritRun, ...flagsOf(options), "--", ...command];
      terminal.status = await statusOf(() => spawn("sh", parameters, { stdio: "inherit", env }));
    });
}

function flagsOf({ capture, ...valued }: Options): string[] {
  const flags = Object.entries(valued).map(([name, value]) => `--${name}=${value}`);
  return capture ? [...flags, "--capture"] : flags;
}

async function statusOf(start: () => ChildProcess): Promise<number> {
  // First, or a signal that comes while the job starts would end this process alone.
  const stopPassing = passSignalsOn(() => recorder);
  const recorder = start();
  try {
    return await new Promise<number>((resolve, reject) => {
      recorder.once("error", reject);
      recorder.once("exit", (code, signal) =>
        resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)),
      );
    });
  } finally {
    stopPassing();
  }
}

function passSignalsOn(recorder: () => ChildProcess): () => void {
  const passed: NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR2"];
  // A terminal sends these to the job, too.
  const twice = process.stdin.isTTY
    ? new Set<NodeJS.Signals>(["SIGINT", "SIGQUIT"])
    : new Set<NodeJS.Signals>();
  const handler = (signal: NodeJS.Signals) => {
    if (!twice.has(signal)) recorder().kill(signal);
  };
  for (const signal of passed) process.on(signal, handler);
  return () => {
    for (const signal of passed) process.off(signal, handler);
  };
}
