import {
  allowed,
  serviceOutcome,
  serviceSeconds,
  serviceVerbs,
  type Allowed,
  type Service,
  type ServiceVerb,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import { serviceStateNames } from "@culprit/messages/service-states";
import { Argument, type Command } from "commander";
import { UsageError } from "../failures.ts";
import { duration } from "../format/quantity.ts";
import { printable } from "../format/table.ts";
import { read, readingCommand, showTable, type ReadingOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

export function service(terminal: Terminal): Command {
  return readingCommand(
    "service",
    "services that a machine's own file lets be controlled; exit status 1 if it did not work",
  )
    .argument("<machine>", "name or id")
    .argument("[unit]", "as the machine's file names it")
    .addArgument(new Argument("[verb]", "what to do").choices(serviceVerbs))
    .action(
      (machine: string, unit: string | undefined, verb: ServiceVerb | undefined, options: ReadingOptions) => {
        if (unit === undefined) return showServices(machine, options, terminal);
        if (verb === undefined) throw new UsageError(m.cmd_service_verb({ verbs: serviceVerbs.join(" | ") }));
        return control(machine, { unit, verb }, options, terminal);
      },
    );
}

const pathOf = (machine: string): string => `/machines/${encodeURIComponent(machine)}/services`;

async function showServices(machine: string, options: ReadingOptions, terminal: Terminal): Promise<void> {
  await read(
    options,
    terminal,
    (hub) => hub.get(pathOf(machine), allowed),
    (answer) => show(answer, terminal),
  );
}

function show({ services, problem }: Allowed, terminal: Terminal): void {
  if (problem !== undefined) terminal.out(printable(problem));
  if (services.length === 0) {
    terminal.out(`${m.services_none()} ${m.services_how()}`);
    terminal.out("services: { apache2: [start, stop, restart] }");
    return;
  }
  showTable(
    terminal,
    [
      { title: m.cmd_col_service(), shrinkTo: 10, cell: (row: Service) => row.unit },
      { title: m.cmd_col_state(), cell: ({ state }) => serviceStateNames[state]() },
      { title: m.cmd_col_verbs(), cell: (row) => row.verbs.join(", ") },
    ],
    services,
  );
}

async function control(
  machine: string,
  { unit, verb }: { unit: string; verb: ServiceVerb },
  options: ReadingOptions,
  terminal: Terminal,
): Promise<void> {
  const { ok } = await read(
    options,
    terminal,
    (hub) => {
      const path = `${pathOf(machine)}/${encodeURIComponent(unit)}/${verb}`;
      return hub.post(path, serviceOutcome, undefined, serviceSeconds.caller);
    },
    (outcome) => {
      const state = serviceStateNames[outcome.state]();
      terminal.out(
        outcome.ok
          ? m.service_done({ unit, state, seconds: duration(outcome.durationSeconds) })
          : outcome.timedOut
            ? m.service_timed_out({ unit, state, seconds: duration(serviceSeconds.command) })
            : m.service_not_done({ unit, state, status: outcome.exitCode ?? "–" }),
      );
      for (const line of outcome.output.trimEnd().split("\n")) if (line) terminal.out(printable(line));
    },
  );
  if (!ok) terminal.status = 1;
}
