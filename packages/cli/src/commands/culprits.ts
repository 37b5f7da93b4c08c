import { culprits as ranking } from "@culprit/protocol";
import type { Command } from "commander";
import { onceAnalysed } from "../first-analysis.ts";
import { formatCulprits } from "../format/culprits.ts";
import { read, windowedCommand, windowOf, type ReadingOptions, type WindowOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

type Options = ReadingOptions & WindowOptions & { victim?: string; machine?: string; exitCode?: boolean };

export function culprits(terminal: Terminal): Command {
  return windowedCommand(
    "culprits",
    "who makes others slow, by how many seconds, and how sure that is",
    "30d",
  )
    .argument("[process]", "only this one, with each of its victims (name or id)")
    .option("--victim <name>", "only who slows this process (name or id)")
    .option("--machine <name>", "only victims on this machine (name or id)")
    .option("--exit-code", "exit status 1 if anyone is accused")
    .action((process: string | undefined, options: Options) => showCulprits(process, options, terminal));
}

async function showCulprits(
  process: string | undefined,
  options: Options,
  terminal: Terminal,
): Promise<void> {
  const { victim, machine } = options;
  const detailed = process !== undefined || victim !== undefined;
  const query = { process, victim, machine, ...windowOf(options, terminal) };
  const answer = await read(
    options,
    terminal,
    (hub) => onceAnalysed(terminal, () => hub.get("/culprits", ranking, query)),
    (found) => terminal.out(formatCulprits(found, detailed, terminal)),
  );
  if (options.exitCode && answer.culprits.length > 0) terminal.status = 1;
}
