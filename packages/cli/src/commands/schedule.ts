import { scheduleAdvice, whatIf, type Move } from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { UsageError } from "../failures.ts";
import { onceAnalysed } from "../first-analysis.ts";
import { formatSchedule, formatWhatIf } from "../format/schedule.ts";
import { read, windowedCommand, windowOf, type ReadingOptions, type WindowOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";
import { parseLength } from "../time.ts";

type Options = ReadingOptions &
  WindowOptions & { process?: string; machine?: string; move: string[]; exitCode?: boolean };

/** What the hub takes at once, and how far it looks. */
const mostMoves = 20;
const mostShift = 7 * 86_400;

export function schedule(terminal: Terminal): Command {
  return windowedCommand("schedule", "what to start at another time, and what that gains", "30d")
    .option("--process <name>", "advice about this process alone (name or id)")
    .option("--machine <name>", "advice about this machine alone (name or id)")
    .option(
      "--move <process@machine=shift>",
      "ask what a move would gain instead, as in backup@db-1=+45m; several together; nothing is changed",
      (text: string, before: string[]) => [...before, text],
      [],
    )
    .option(
      "--exit-code",
      "exit status 1 if a move is advised; with --move, unless it would surely save time",
    )
    .action((options: Options) =>
      options.move.length === 0 ? showAdvice(options, terminal) : showWhatIf(options, terminal),
    );
}

async function showAdvice(options: Options, terminal: Terminal): Promise<void> {
  const { process, machine } = options;
  const query = { process, machine, ...windowOf(options, terminal) };
  const answer = await read(
    options,
    terminal,
    (hub) => onceAnalysed(terminal, () => hub.get("/schedule/advice", scheduleAdvice, query)),
    (found) => terminal.out(formatSchedule(found, terminal)),
  );
  if (options.exitCode && answer.advice.length > 0) terminal.status = 1;
}

async function showWhatIf(options: Options, terminal: Terminal): Promise<void> {
  const moves = options.move.map(parseMove);
  if (moves.length > mostMoves) throw new UsageError(m.cmd_schedule_many_moves({ most: mostMoves }));
  const question = { moves, ...windowOf(options, terminal) };
  const answer = await read(
    options,
    terminal,
    (hub) => hub.post("/schedule/what-if", whatIf, question),
    (found) => terminal.out(formatWhatIf(found, terminal)),
  );
  if (options.exitCode && !(answer.low > 0)) terminal.status = 1;
}

/** `backup@db-1=+45m`; names may hold `@` and `=`, lengths of time do not, and what follows the last `@` is the machine. */
export function parseMove(text: string): Move {
  const equals = text.lastIndexOf("=");
  const at = text.lastIndexOf("@", equals);
  const [, sign, length = ""] = /^([+-]?)(.*)$/s.exec(text.slice(equals + 1)) ?? [];
  const seconds = parseLength(length);
  const process = text.slice(0, at);
  const machine = text.slice(at + 1, equals);
  if (at < 1 || machine === "" || seconds === null || seconds > mostShift)
    throw new UsageError(m.cmd_schedule_bad_move({ text }));
  return { process, machine, shiftSeconds: sign === "-" ? -seconds : seconds };
}
