import {
  expectation,
  list,
  processSummary,
  standsForMany,
  supervisionEvent,
  withoutRuns,
  type Expectation,
  type HubClient,
  type ProcessSummary,
  type SupervisionEvent,
  type SupervisionEventKind,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { processAndStep } from "../format/executions.ts";
import { count, duration } from "../format/quantity.ts";
import {
  read,
  showTable,
  timeOf,
  windowedCommand,
  windowOf,
  type ReadingOptions,
  type WindowOptions,
} from "../reading.ts";
import type { Terminal } from "../terminal.ts";

type Options = ReadingOptions & WindowOptions & { machine?: string; problems?: boolean };

export function processes(terminal: Terminal): Command {
  return windowedCommand("processes", "the catalogue: what runs, where, when last", "30d")
    .option("--machine <name>", "on this machine alone (name or id)")
    .option("--problems", "only processes with an event that is not over; exit status 1 if there are any")
    .action((options: Options) => showProcesses(options, terminal));
}

async function showProcesses(options: Options, terminal: Terminal): Promise<void> {
  const query = { machine: options.machine, ...windowOf(options, terminal) };
  const time = timeOf(terminal);
  const { items } = await read(
    options,
    terminal,
    (hub) => ask(hub, query, options.problems === true),
    ({ items }) => {
      if (items.length === 0) return terminal.out(m.cmd_no_executions());
      showTable(
        terminal,
        [
          { title: m.cmd_col_process(), shrinkTo: 12, cell: (row: Supervised) => processAndStep(row) },
          { title: m.cmd_col_id(), cell: (row) => row.processId },
          { title: m.cmd_col_kind(), cell: (row) => row.kinds.join(", ") },
          {
            title: m.cmd_col_machines(),
            shrinkTo: 12,
            cell: (row) => row.machines.map((each) => each.machine).join(", "),
          },
          { title: m.cmd_col_runs(), align: "right", cell: (row) => count(row.statistics.count) },
          { title: m.cmd_col_running(), align: "right", cell: (row) => count(row.statistics.running) },
          {
            title: m.cmd_col_last_start({ zone: terminal.timeZone }),
            cell: (row) => time(row.lastStartedAt),
          },
          { title: m.cmd_col_schedule(), shrinkTo: 9, cell: scheduleOf },
          { title: m.cmd_col_next_start(), cell: (row) => time(nextStart(row)) },
          {
            title: m.cmd_col_last_event(),
            cell: ({ lastEvent }) => (lastEvent ? eventNames[lastEvent.kind]() : ""),
          },
        ],
        items,
      );
      if (items.some(({ process }) => standsForMany(process))) terminal.out(m.cmd_processes_grouped());
    },
  );
  if (options.problems && items.length > 0) terminal.status = 1;
}

/** A process with what is expected of it, and what was noticed last. */
type Supervised = ProcessSummary & { expectations: Expectation[]; lastEvent?: SupervisionEvent };

async function ask(
  hub: HubClient,
  query: { machine: string | undefined; from?: string; to?: string },
  problems: boolean,
): Promise<{ items: Supervised[] }> {
  const { machine } = query;
  const [{ items }, expected, noticed] = await Promise.all([
    hub.get("/processes", list(processSummary), query),
    hub.get("/expectations", list(expectation), { machine }),
    hub.get("/events", list(supervisionEvent), {
      ...query,
      limit: 1000,
      ...(problems ? { open: true } : {}),
    }),
  ]);
  const inForce = expected.items.filter((one) => one.inForce);
  const open = noticed.items.filter(({ endedAt }) => endedAt === undefined);
  // What never ran, or no more, is what one looks for here.
  const rows = [...items, ...withoutRuns(items, [...inForce, ...open])];
  const all = rows.map((row): Supervised => {
    // Steps have no schedule of their own.
    const isMeant = ({ processId }: { processId: string }): boolean =>
      row.step === undefined && processId === row.processId;
    const lastEvent = noticed.items.find(isMeant);
    return {
      ...row,
      expectations: inForce.filter(isMeant),
      ...(lastEvent ? { lastEvent } : {}),
    };
  });
  return { items: problems ? all.filter(({ lastEvent }) => lastEvent) : all };
}

function scheduleOf({ expectations }: Supervised): string {
  const words = expectations.map(({ cron, everySeconds }) =>
    everySeconds === undefined ? (cron ?? "") : m.schedule_every({ period: duration(everySeconds) }),
  );
  return [...new Set(words)].filter(Boolean).join("; ");
}

function nextStart({ expectations }: Supervised): string | undefined {
  return expectations.flatMap(({ nextStartAt }) => nextStartAt ?? []).toSorted()[0];
}

const eventNames: Record<SupervisionEventKind, () => string> = {
  missed: m.event_name_missed,
  late: m.event_name_late,
  "too-long": m.event_name_too_long,
  "too-short": m.event_name_too_short,
  failed: m.event_name_failed,
  "overlapping-itself": m.event_name_overlapping,
  "will-not-finish-before-next-start": m.event_name_will_not_finish,
  lost: m.event_name_lost,
};
