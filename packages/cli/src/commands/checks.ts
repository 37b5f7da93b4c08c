import {
  check as checkSchema,
  checkIncident,
  checkInput,
  checkResult,
  checkResults,
  checkSeverity,
  list,
  type Check,
  type CheckResult,
  type CheckState,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { z } from "zod";
import { connect } from "../connection.ts";
import { UsageError } from "../failures.ts";
import { incidentColumns } from "../format/check-incidents.ts";
import { checkStateColours, checkStateText } from "../format/check-state.ts";
import { duration } from "../format/quantity.ts";
import { numberOption } from "../numbers.ts";
import {
  hubCommand,
  read,
  readingCommand,
  showTable,
  timeOf,
  windowedCommand,
  windowOf,
  type ReadingOptions,
  type WindowOptions,
} from "../reading.ts";
import type { Terminal } from "../terminal.ts";
import { targetOptions, targetOf, type TargetOptions } from "../check-target.ts";
import { lengthOption } from "../time.ts";

type ListOptions = ReadingOptions & { machine?: string; exitCode?: boolean };

export function checks(terminal: Terminal): Command {
  return (
    readingCommand("checks", "what is probed on a schedule, the worst first")
      // Options after the name of a subcommand are the subcommand's.
      .enablePositionalOptions()
      .option("--machine <name>", "only checks of this machine (name or id)")
      .option("--exit-code", "exit status 1 if a running check is not ok")
      .action((options: ListOptions) => showChecks(options, terminal))
      .addCommand(add(terminal))
      .addCommand(basic(terminal))
      .addCommand(results(terminal))
      .addCommand(incidents(terminal))
      .addCommand(run(terminal))
      .addCommand(act("start", "start a check", terminal))
      .addCommand(act("stop", "stop a check; its results stay", terminal))
      .addCommand(remove(terminal))
  );
}

async function showChecks(options: ListOptions, terminal: Terminal): Promise<void> {
  const { items } = await read(
    options,
    terminal,
    (hub) => hub.get("/checks", list(checkSchema), { machine: options.machine }),
    (answer) => showList(answer.items, terminal),
  );
  const bad = items.some(({ running, state }) => running && state !== "ok" && state !== null);
  if (options.exitCode && bad) terminal.status = 1;
}

function showList(items: readonly Check[], terminal: Terminal): void {
  if (items.length === 0) return terminal.out(m.cmd_checks_none());
  const time = timeOf(terminal);
  showTable(
    terminal,
    [
      { title: m.cmd_col_check(), shrinkTo: 12, cell: (row: Check) => row.name },
      { title: m.cmd_col_id(), cell: (row) => row.id },
      {
        title: m.cmd_col_state(),
        cell: checkStateText,
        colour: ({ running, state }) => (running && state ? checkStateColours[state] : "dim"),
      },
      { title: m.cmd_col_probed_by(), shrinkTo: 8, cell: (row) => row.machine ?? m.check_by_hub() },
      { title: m.cmd_col_since({ zone: terminal.timeZone }), cell: (row) => time(row.since ?? undefined) },
      { title: m.cmd_col_said(), shrinkTo: 20, cell: (row) => row.last?.text.split("\n", 1)[0] ?? "" },
    ],
    items.toSorted((a, b) => checkSeverity(b) - checkSeverity(a) || a.name.localeCompare(b.name)),
  );
}

type AddOptions = ReadingOptions &
  TargetOptions & { machine?: string; every?: string; timeout?: string; retries?: number };

function add(terminal: Terminal): Command {
  return targetOptions(readingCommand("add", "make a check: one of the kinds below"))
    .argument("<name>", "what it is called")
    .option("--machine <name>", "whose agent probes (default: the hub does)")
    .option("--every <length>", "how often, e.g. 60s (default 60s)")
    .option("--timeout <length>", "how long the probe may take (default 10s)")
    .addOption(
      numberOption("--retries <count>", "bad results more before it is believed", { from: 0, to: 10 }),
    )
    .action((name: string, options: AddOptions) => addCheck(name, options, terminal));
}

async function addCheck(name: string, options: AddOptions, terminal: Terminal): Promise<void> {
  const { machine, every, timeout, retries } = options;
  const input = checkInput.safeParse({
    name,
    machine,
    target: targetOf(options),
    intervalSeconds: every === undefined ? undefined : lengthOption("--every", every),
    timeoutSeconds: timeout === undefined ? undefined : lengthOption("--timeout", timeout),
    retries,
  });
  if (!input.success) throw new UsageError(z.prettifyError(input.error));
  await read(
    options,
    terminal,
    (hub) => hub.post("/checks", checkSchema, input.data),
    ({ id }) => terminal.out(m.cmd_checks_added({ name, id })),
  );
}

function basic(terminal: Terminal): Command {
  return readingCommand("basic", "make checks of CPU, memory, disk and one service of a machine")
    .argument("<machine>", "name or id")
    .argument("<service>", "a unit, an init script or a process, e.g. httpd")
    .action(async (machine: string, service: string, options: ReadingOptions) => {
      await read(
        options,
        terminal,
        (hub) => hub.post("/checks/basic", list(checkSchema), { machine, service }),
        ({ items }) => showList(items, terminal),
      );
    });
}

type IncidentOptions = ReadingOptions & WindowOptions & { machine?: string; limit?: number };

function incidents(terminal: Terminal): Command {
  return windowedCommand("incidents", "when checks were not well, the newest first", "7d")
    .argument("[check]", "name or id; all without")
    .option("--machine <name>", "only checks of this machine (name or id)")
    .addOption(numberOption("--limit <count>", "so many at most (default 100)", { from: 1, to: 1000 }))
    .action(async (check: string | undefined, options: IncidentOptions) => {
      const { machine, limit } = options;
      const query = { check, machine, limit, ...windowOf({ since: "7d", ...options }, terminal) };
      await read(
        options,
        terminal,
        (hub) => hub.get("/checks/incidents", list(checkIncident), query),
        ({ items }) =>
          items.length === 0
            ? terminal.out(m.cmd_checks_no_incidents())
            : showTable(terminal, incidentColumns(terminal), items),
      );
    });
}

type ResultOptions = ReadingOptions & { size?: number; since?: string; until?: string };

function results(terminal: Terminal): Command {
  return readingCommand("results", "the results of a check, the newest first")
    .argument("<check>", "name or id")
    .addOption(numberOption("--size <count>", "so many at most (default 20)", { from: 1, to: 10_000 }))
    .option("--since <time>", "start of the window (default 24h ago)")
    .option("--until <time>", "end of the window (default now)")
    .action(async (check: string, options: ResultOptions) => {
      const query = { check, size: options.size ?? 20, ...windowOf(options, terminal) };
      await read(
        options,
        terminal,
        (hub) => hub.get("/checks/results", checkResults, query),
        ({ items }) => showResults(items, terminal),
      );
    });
}

function showResults(items: readonly CheckResult[], terminal: Terminal): void {
  if (items.length === 0) return terminal.out(m.check_no_results());
  const time = timeOf(terminal);
  showTable(
    terminal,
    [
      { title: m.cmd_col_time({ zone: terminal.timeZone }), cell: (row: CheckResult) => time(row.at) },
      {
        title: m.cmd_col_state(),
        cell: ({ state }) => checkStateText({ running: true, state }),
        colour: ({ state }) => checkStateColours[state],
      },
      { title: m.cmd_col_took(), align: "right", cell: (row) => duration(row.durationSeconds) },
      { title: m.cmd_col_said(), shrinkTo: 20, cell: (row) => row.text.replaceAll("\n", " · ") },
    ],
    items,
  );
}

const statuses: Record<CheckState, number> = { ok: 0, warning: 1, critical: 1, unknown: 1 };

function run(terminal: Terminal): Command {
  return readingCommand("run", "probe now; exit status 1 if that is not ok")
    .argument("<check>", "name or id")
    .action(async (check: string, options: ReadingOptions) => {
      const { state } = await read(
        options,
        terminal,
        (hub) => hub.post(`${pathOf(check)}/run`, checkResult, undefined),
        (result) => showResults([result], terminal),
      );
      terminal.status = statuses[state];
    });
}

function act(verb: "start" | "stop", description: string, terminal: Terminal): Command {
  return readingCommand(verb, description)
    .argument("<check>", "name or id")
    .action(async (check: string, options: ReadingOptions) => {
      await read(
        options,
        terminal,
        (hub) => hub.post(`${pathOf(check)}/${verb}`, checkSchema, undefined),
        (answer) => showList([answer], terminal),
      );
    });
}

function remove(terminal: Terminal): Command {
  return hubCommand("remove", "remove a check")
    .argument("<check>", "name or id")
    .action(async (check: string, options: ReadingOptions) => {
      await connect(options, terminal).request("DELETE", pathOf(check), z.unknown());
      terminal.out(m.cmd_checks_removed({ name: check }));
    });
}

const pathOf = (check: string): string => `/checks/${encodeURIComponent(check)}`;
