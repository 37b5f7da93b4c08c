import { maintenanceTimes, type Interval } from "@culprit/hub/availability";
import {
  availability as availabilitySchema,
  fleetAvailability,
  maintenances,
  parseInstant,
  type HubClient,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import { Option, type Command } from "commander";
import { connect } from "../connection.ts";
import { ContactLog, contactKeys, type ContactKey } from "../contact-log.ts";
import { Failure } from "../failures.ts";
import {
  formatAvailabilityOf,
  formatFleetAvailability,
  formatLoggedAvailability,
} from "../format/availability.ts";
import { Input } from "../import/input.ts";
import { linesOf } from "../import/lines.ts";
import { read, windowedCommand, windowOf, type ReadingOptions, type WindowOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";
import { lengthOption, timeOption } from "../time.ts";

type Options = ReadingOptions &
  WindowOptions & {
    check?: string;
    accessLog?: string;
    every: string;
    by?: ContactKey;
    maintenance?: boolean;
  };

export function availability(terminal: Terminal): Command {
  return windowedCommand("availability", "how much of a time machines were up, and their incidents", "30d")
    .argument("[machine]", "name or id")
    .option("--check <check>", "of a check instead, by name or id")
    .option("--access-log <file>", "instead from an access log: each line is a sign of life of who sent it")
    .option("--every <length>", "with --access-log: how often each is in it when all is well", "60s")
    .addOption(
      new Option("--by <key>", "with --access-log: what tells machines apart, user or host").choices(
        contactKeys,
      ),
    )
    .option(
      "--maintenance",
      "with --access-log: what the hub has as planned, of all machines or one of that name, does not count",
    )
    .action((machine: string | undefined, options: Options) =>
      options.accessLog === undefined
        ? showRecorded(machine, options, terminal)
        : showLogged(options.accessLog, options, terminal),
    );
}

async function showRecorded(
  machine: string | undefined,
  options: Options,
  terminal: Terminal,
): Promise<void> {
  const query = { ...windowOf(options, terminal), timeZone: terminal.timeZone };
  const { check } = options;
  if (machine === undefined && check === undefined) {
    await read(
      options,
      terminal,
      (hub) => hub.get("/availability", fleetAvailability, query),
      (answer) => terminal.out(formatFleetAvailability(answer, terminal)),
    );
    return;
  }
  const path =
    check === undefined
      ? `/machines/${encodeURIComponent(machine!)}`
      : `/checks/${encodeURIComponent(check)}`;
  await read(
    options,
    terminal,
    (hub) => hub.get(`${path}/availability`, availabilitySchema, query),
    (answer) => terminal.out(formatAvailabilityOf(answer, terminal)),
  );
}

async function showLogged(path: string, options: Options, terminal: Terminal): Promise<void> {
  const now = terminal.now();
  const { since, until } = options;
  const window = {
    from: since === undefined ? -Infinity : timeOption("--since", since, now),
    to: until === undefined ? Infinity : timeOption("--until", until, now),
  };
  // A plain number is seconds, as the interval of a scheduler is written.
  const every = lengthOption("--every", /^\d+$/.test(options.every) ? `${options.every}s` : options.every);
  const planned = options.maintenance ? await plannedOn(connect(options, terminal)) : () => [];
  const log = new ContactLog(every, window, options.by);
  const input = await Input.open(path, terminal.folder);
  try {
    for await (const lines of linesOf(input.chunks())) for (const { text } of lines) log.read(text);
  } finally {
    await input.close();
  }
  if (log.empty) throw new Failure(m.availability_log_nothing({ path }));
  const rows = log.availability(planned);
  if (options.json) terminal.out(JSON.stringify({ items: rows }, null, 2));
  else terminal.out(formatLoggedAvailability(rows, terminal));
  if (log.skipped > 0 && !options.json) terminal.out(m.availability_log_skipped({ count: log.skipped }));
}

/** What is repeated every week counts for all weeks of a log, however old, until it was taken back. */
async function plannedOn(hub: HubClient): Promise<(machine: string, window: Interval) => Interval[]> {
  const { items } = await hub.get("/maintenance", maintenances);
  return (machine, window) =>
    items
      .filter((one) => one.machine === undefined || one.machine === machine)
      .flatMap(({ schedule, endedAt }) =>
        maintenanceTimes({ schedule, from: -Infinity, until: parseInstant(endedAt ?? "") }, window),
      );
}
