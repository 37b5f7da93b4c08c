import { hostname } from "node:os";
import {
  executionKinds,
  executionOutcomes,
  executionsAccepted,
  formatInstant,
  microsPerSecond,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import { Option, type Command } from "commander";
import { connect, findConnection, type ConnectionOptions } from "../connection.ts";
import { UsageError } from "../failures.ts";
import { numberOption } from "../numbers.ts";
import { hubCommand } from "../reading.ts";
import type { Terminal } from "../terminal.ts";
import { lengthOption, timeOption } from "../time.ts";

type Options = ConnectionOptions & {
  json?: boolean;
  process: string;
  step?: string;
  machine?: string;
  kind: string;
  started?: string;
  ended?: string;
  duration?: string;
  outcome?: string;
  exitCode?: number;
  id?: string;
  parent?: string;
};

export function log(terminal: Terminal): Command {
  return hubCommand("log", "record an execution that has finished, by HTTP")
    .requiredOption("--process <name>", "what ran")
    .option("--step <name>", "which step of it")
    .option(
      "--machine <name>",
      "where it ran (default: this computer's host name; a machine's token implies it)",
    )
    .addOption(new Option("--kind <kind>").choices(executionKinds).default("job"))
    .option(
      "--started <time>",
      "start: an instant, a local date and time, or a length of time ago such as 10m",
    )
    .option("--ended <time>", "end (default now)")
    .option("--duration <length>", "e.g. 90s or 15m: gives the start, or the end if --started is there")
    .addOption(
      new Option("--outcome <outcome>", "how it ended (default: by --exit-code, else ok)").choices(
        executionOutcomes,
      ),
    )
    .addOption(numberOption("--exit-code <status>", "its exit status", { from: -255, to: 65_535 }))
    .option("--id <id>", "your own id of this execution: sending it again counts once")
    .option("--parent <id>", "id of the execution it belongs to")
    .option("--json", "the hub's answer as JSON")
    .action((options: Options) => record(options, terminal));
}

async function record(options: Options, terminal: Terminal): Promise<void> {
  const { startedAt, endedAt } = spanOf(options, terminal);
  const { process, step, kind, exitCode, id } = options;
  const answer = await connect(options, terminal).post("/executions", executionsAccepted, {
    process,
    step,
    kind,
    machine: options.machine ?? impliedMachine(options, terminal),
    startedAt: formatInstant(startedAt),
    endedAt: formatInstant(endedAt),
    outcome: options.outcome ?? (exitCode ? "failed" : "ok"),
    exitCode,
    id,
    parentId: options.parent,
  });
  if (options.json) return terminal.out(JSON.stringify(answer, null, 2));
  terminal.out(answer.duplicates > 0 ? m.cmd_log_duplicate() : m.cmd_log_stored());
}

function spanOf({ started, ended, duration }: Options, terminal: Terminal) {
  const now = terminal.now();
  if (started !== undefined && ended !== undefined && duration !== undefined)
    throw new UsageError(m.cmd_log_overdetermined());
  const length =
    duration === undefined ? undefined : Math.round(lengthOption("--duration", duration) * microsPerSecond);
  if (started !== undefined) {
    const startedAt = timeOption("--started", started, now);
    return {
      startedAt,
      endedAt:
        length === undefined
          ? ended === undefined
            ? now
            : timeOption("--ended", ended, now)
          : startedAt + length,
    };
  }
  if (length === undefined) throw new UsageError(m.cmd_log_no_start());
  const endedAt = ended === undefined ? now : timeOption("--ended", ended, now);
  return { startedAt: endedAt - length, endedAt };
}

/** A machine's own token says which machine; a person's doesn't. */
function impliedMachine(options: ConnectionOptions, terminal: Terminal): string | undefined {
  const { token } = findConnection(options, terminal);
  return token?.trimStart().startsWith("culprit_m_") ? undefined : hostname();
}
