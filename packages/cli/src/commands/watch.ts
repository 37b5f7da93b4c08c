import type { HubClient } from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { connect } from "../connection.ts";
import { describeFailure, UsageError } from "../failures.ts";
import { printable } from "../format/table.ts";
import { watchOnScreen, type WatchOptions } from "../live/full-screen.ts";
import { lookLine } from "../live/line.ts";
import { looks } from "../live/looks.ts";
import { numberOption } from "../numbers.ts";
import { readingCommand, type ReadingOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

const mostMachines = 20;

type Options = ReadingOptions & { every: number; count?: number; plain?: boolean };

export function watch(terminal: Terminal): Command {
  return readingCommand(
    "watch",
    "machines as they are now, on the whole screen; elsewhere a line for each look",
  )
    .argument("<machine...>", "names or ids")
    .addOption(numberOption("--every <seconds>", "between two looks", { from: 1, to: 3600 }).default(2))
    .addOption(numberOption("--count <looks>", "end after so many", { from: 1, to: 1_000_000 }))
    .option("--plain", "lines, also on a terminal")
    .action(async (names: string[], options: Options) => {
      const machines = [...new Set(names)];
      if (machines.length > mostMachines) throw new UsageError(m.watch_too_many({ most: mostMachines }));
      const hub = connect(options, terminal);
      const how = { everySeconds: options.every, count: options.count };
      const { json = false, plain = false } = options;
      const onScreen = terminal.interactive && process.stdin.isTTY && !json && !plain;
      if (onScreen) await watchOnScreen(machines, hub, how, terminal);
      else await watchInLines(machines, hub, { ...how, json }, terminal);
    });
}

/** Exit status 1 if no look at all was answered. */
async function watchInLines(
  machines: readonly string[],
  hub: HubClient,
  { json, ...how }: WatchOptions & { json: boolean },
  terminal: Terminal,
): Promise<void> {
  let answered = false;
  const { signal } = new AbortController();
  await Promise.all(
    machines.map((machine) =>
      looks({
        ...how,
        hub,
        machine,
        signal,
        paused: () => false,
        onLook(status) {
          answered = true;
          terminal.out(json ? JSON.stringify(status) : lookLine(status, terminal.timeZone));
        },
        onFailure(error) {
          terminal.error(`${printable(machine)}: ${printable(describeFailure(error).text)}`);
        },
      }),
    ),
  );
  if (!answered) terminal.status = 1;
}
