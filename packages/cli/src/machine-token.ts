/** `culprit machines rotate-token`: a machine's token replaced by its agent. */
import { rotationSeconds, tokenRotated } from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { printable } from "./format/table.ts";
import { read, readingCommand, timeOf, type ReadingOptions } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

export function rotateTokenCommand(terminal: Terminal): Command {
  return readingCommand("rotate-token", "have the agent of a machine replace the machine's token")
    .argument("<machine>", "name or id")
    .action((machine: string, options: ReadingOptions) => rotate(machine, options, terminal));
}

async function rotate(machine: string, options: ReadingOptions, terminal: Terminal): Promise<void> {
  const path = `/machines/${encodeURIComponent(machine)}/token/rotate`;
  await read(
    options,
    terminal,
    (hub) => hub.post(path, tokenRotated, undefined, rotationSeconds.caller),
    ({ machine: name, token, rotatedAt }) =>
      terminal.out(
        m.cmd_fleet_token_rotated({
          machine: printable(name),
          token,
          at: timeOf(terminal)(rotatedAt),
          zone: terminal.timeZone,
        }),
      ),
  );
}
