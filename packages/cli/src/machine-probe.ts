/** `culprit machines probe`: what a machine is asked when nothing is heard of it, tried at once. */
import { machine, machineProbe, probeTrial } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { probeTrialText } from "@culprit/messages/probe-trial";
import type { Command } from "commander";
import { UsageError } from "./failures.ts";
import { duration } from "./format/quantity.ts";
import { printable } from "./format/table.ts";
import { numberOption } from "./numbers.ts";
import { read, readingCommand, type ReadingOptions } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

type Options = ReadingOptions & { ping?: boolean; tcp?: number; http?: number };

export function machineProbeCommand(terminal: Terminal): Command {
  const port = { from: 1, to: 65_535 };
  return readingCommand(
    "probe",
    "ask a machine what the hub asks it when nothing is heard of it; exit status 1 if it does not answer",
  )
    .argument("<machine>", "name or id")
    .option("--ping", "from now on: an echo request, as at first")
    .addOption(numberOption("--tcp <port>", "from now on: whether this port accepts or refuses", port))
    .addOption(numberOption("--http <port>", "from now on: whether a web server answers on this port", port))
    .action((name: string, options: Options) => probe(name, options, terminal));
}

async function probe(name: string, options: Options, terminal: Terminal): Promise<void> {
  const [wish, ...more] = [
    ...(options.ping ? [{ kind: "ping" as const }] : []),
    ...(options.tcp === undefined ? [] : [{ kind: "tcp" as const, port: options.tcp }]),
    ...(options.http === undefined ? [] : [{ kind: "http" as const, port: options.http }]),
  ];
  if (more.length > 0) throw new UsageError(m.probe_one_kind());
  const path = `/machines/${encodeURIComponent(name)}`;
  const trial = await read(
    options,
    terminal,
    async (hub) => {
      if (wish) await hub.request("PATCH", path, machine, { json: { probe: machineProbe.parse(wish) } });
      return hub.post(`${path}/probe`, probeTrial, wish ?? null);
    },
    (answer) => {
      if (wish) terminal.out(m.probe_saved({ name }));
      const text = answer.text ? ` (${printable(answer.text)})` : "";
      terminal.out(`${probeTrialText(answer, duration)}${text}`);
    },
  );
  if (trial.result !== "answers") terminal.status = 1;
}
