import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { formatInstant, machine as machineSchema, microsPerSecond, parseInstant } from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { connect } from "../connection.ts";
import { Failure, UsageError } from "../failures.ts";
import { formatHistory } from "../format/history.ts";
import { printable } from "../format/table.ts";
import { askRecords } from "../history/ask.ts";
import { appendRecords, readRecords } from "../history/file.ts";
import type { HistoryRecord } from "../history/record.ts";
import { Summary } from "../history/summary.ts";
import { windowedCommand, type ReadingOptions, type WindowOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";
import { lengthOption, timeOption } from "../time.ts";

const daySeconds = 86_400;
const usualStepSeconds = 60;
const mostRecords = 100_000;
const badLinesNamed = 10;

type Options = ReadingOptions & WindowOptions & { save?: string; load?: string; step?: string };

export function history(terminal: Terminal): Command {
  return windowedCommand("history", "averages of a machine's status, of the hub or of a saved file", "24h")
    .argument("<machine>", "name or id")
    .option("--save <file>", "add what the file does not have yet; without --since from its end on")
    .option("--load <file>", "averages of what was saved, without asking a hub")
    .option("--step <length>", "time that a record covers (default 1m, or as in the file)")
    .action(async (name: string, options: Options) => {
      if (options.load !== undefined && options.save !== undefined)
        throw new UsageError(m.history_save_or_load());
      const summary =
        options.load === undefined
          ? await ofHub(name, options, terminal)
          : await ofFile(name, options.load, options, terminal);
      const result = summary.result(formatInstant);
      terminal.out(options.json ? JSON.stringify(result, null, 2) : formatHistory(result, terminal));
    });
}

/** Microseconds; what is not said is null. */
function windowSaid({ since, until }: WindowOptions, terminal: Terminal) {
  const now = terminal.now();
  return {
    from: since === undefined ? null : timeOption("--since", since, now),
    to: until === undefined ? null : timeOption("--until", until, now),
  };
}

async function ofHub(name: string, options: Options, terminal: Terminal): Promise<Summary> {
  const step = options.step === undefined ? null : lengthOption("--step", options.step);
  if (step !== null && (step < 10 || step > daySeconds)) throw new UsageError(m.history_step_wrong());
  const hub = connect(options, terminal);
  const { id, name: known } = await hub.get(`/machines/${encodeURIComponent(name)}`, machineSchema);
  const file = options.save === undefined ? null : resolve(terminal.folder, options.save);
  const saved = new Summary(known);
  const times = new Set<string>();
  let savedStep: number | null = null;
  if (file !== null)
    await readIfThere(file, terminal, (record) => {
      if (record.machineId !== id) return;
      saved.add(record);
      times.add(record.at);
      savedStep = record.stepSeconds;
    });
  // Records of two lengths would count the same time twice.
  if (step !== null && savedStep !== null && step !== savedStep)
    throw new UsageError(m.history_other_step({ seconds: savedStep }));
  const stepSeconds = step ?? savedStep ?? usualStepSeconds;
  const said = windowSaid(options, terminal);
  const to = Math.min(said.to ?? terminal.now(), terminal.now());
  const from = said.from ?? saved.to ?? to - daySeconds * microsPerSecond;
  const records = Math.ceil((to - from) / microsPerSecond / stepSeconds);
  if (from >= to && said.from !== null) throw new UsageError(m.history_window_empty());
  if (records > mostRecords) throw new UsageError(m.history_too_many({ records, most: mostRecords }));
  let added = 0;
  for await (const some of askRecords(hub, { machineId: id, from, to, stepSeconds })) {
    const fresh = some.filter(({ at }) => !times.has(at));
    if (file !== null) await appendRecords(file, fresh);
    for (const record of fresh) saved.add(record);
    added += fresh.length;
  }
  if (file !== null) terminal.error(m.history_saved({ count: added, file: printable(file) }));
  return saved;
}

async function ofFile(name: string, path: string, options: Options, terminal: Terminal): Promise<Summary> {
  const { from, to } = windowSaid(options, terminal);
  const summary = new Summary(name);
  const others = new Set<string>();
  const times = new Set<string>();
  await readNamingBad(path, terminal, (record) => {
    if (record.machineId !== name && record.machine.toLowerCase() !== name.toLowerCase()) {
      if (others.size < 20) others.add(record.machine);
      return;
    }
    // Two that saved at the same moment may both have added it.
    if (times.has(record.at)) return;
    times.add(record.at);
    const at = parseInstant(record.at) ?? 0;
    if ((from === null || at >= from) && (to === null || at < to)) summary.add(record);
  });
  if (summary.records === 0)
    throw new Failure(
      m.history_nothing({ machine: printable(name), file: printable(path) }),
      others.size > 0 ? m.history_others({ names: printable([...others].join(", ")) }) : undefined,
    );
  return summary;
}

async function readIfThere(
  path: string,
  terminal: Terminal,
  onRecord: (record: HistoryRecord) => void,
): Promise<void> {
  if (existsSync(path)) await readNamingBad(path, terminal, onRecord);
}

/** Lines that are no records are named, and the exit status says that there are some. */
async function readNamingBad(
  path: string,
  terminal: Terminal,
  onRecord: (record: HistoryRecord) => void,
): Promise<void> {
  const bad: number[] = [];
  let more = 0;
  await readRecords(path, terminal.folder, onRecord, (line) => {
    if (bad.length < badLinesNamed) bad.push(line);
    else more++;
  });
  if (bad.length === 0) return;
  const lines = bad.join(", ") + (more > 0 ? ` … (+${more})` : "");
  terminal.error(m.history_bad_lines({ file: printable(path), lines }));
  terminal.status = 1;
}
