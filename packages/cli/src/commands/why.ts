import {
  culprits,
  deviatingExecution,
  execution,
  list,
  ProblemError,
  why as whyAnswer,
  type Execution,
  type HubClient,
  type Why,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { connect } from "../connection.ts";
import { Failure } from "../failures.ts";
import { formatRelations } from "../format/culprits.ts";
import { formatWhy } from "../format/why.ts";
import { read, windowedCommand, windowOf, type ReadingOptions, type WindowOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

type Options = ReadingOptions & WindowOptions & { machine?: string };
const usualWindow = "30d";
const looked = 50;

type Window = { from?: string; to?: string };

export function why(terminal: Terminal): Command {
  return windowedCommand("why", "explain one execution, or the latest slow one of a process", usualWindow)
    .argument("<execution|process>", "id of an execution, or name or id of a process")
    .option("--machine <name>", "the machine, where several have such an execution (name or id)")
    .action((subject: string, options: Options) => explain(subject, options, terminal));
}

async function explain(subject: string, options: Options, terminal: Terminal): Promise<void> {
  const answer = await read(
    options,
    terminal,
    (hub) => find(hub, subject, options.machine, windowOf({ since: usualWindow, ...options }, terminal)),
    (answer) => terminal.out(formatWhy(answer, terminal)),
  );
  const asksForProcess = answer.execution.id !== subject;
  if (asksForProcess && !options.json) await showRelations(answer.execution, options, terminal);
}

/** A window that nobody asked for is left to the hub, which has fitted its own already. */
async function showRelations(
  { process, processId }: Execution,
  options: Options,
  terminal: Terminal,
): Promise<void> {
  const hub = connect(options, terminal);
  const query = { machine: options.machine, ...windowOf(options, terminal) };
  const [slowing, slowed] = await Promise.all([
    hub.get("/culprits", culprits, { ...query, victim: processId }),
    hub.get("/culprits", culprits, { ...query, process: processId }),
  ]);
  if (slowing.fittedAt !== null) terminal.out(formatRelations(process, slowing, slowed, terminal));
}

async function find(
  hub: HubClient,
  subject: string,
  machine: string | undefined,
  window: Window,
): Promise<Why> {
  const answer = await whyOf(hub, subject, machine).catch((error: unknown) => {
    if (error instanceof ProblemError && error.problem.code === "not-found") return null;
    throw error;
  });
  if (answer) return answer;
  const latest = await latestOf(hub, { process: subject, machine, ...window });
  if (!latest) throw new Failure(m.cmd_why_nothing({ subject }), m.cmd_fix_why_nothing());
  return whyOf(hub, latest.id, latest.machineId);
}

function whyOf(hub: HubClient, id: string, machine: string | undefined): Promise<Why> {
  return hub.get(`/executions/${encodeURIComponent(id)}/why`, whyAnswer, { machine });
}

/** The latest slow run of the process; its latest finished one if none was slow. Its steps are told with the run. */
async function latestOf(hub: HubClient, query: Window & { process: string; machine: string | undefined }) {
  try {
    const slow = await hub.get("/deviations", list(deviatingExecution), {
      ...query,
      direction: "slow",
      limit: looked,
    });
    const slowRuns = slow.items.map((each) => each.execution);
    const { items } = await hub.get("/executions", list(execution), { ...query, limit: looked });
    const ended = items.filter(({ endedAt }) => endedAt !== undefined);
    return slowRuns.find(isWhole) ?? slowRuns[0] ?? ended.find(isWhole) ?? ended[0] ?? null;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === "not-found") return null;
    throw error;
  }
}

const isWhole = ({ step }: Execution) => step === undefined;
