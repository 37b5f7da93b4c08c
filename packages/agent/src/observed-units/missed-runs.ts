/**
 * Runs that ended between two looks at the units, with another after them, or of a unit that systemd has forgotten since: the
 * journal alone tells of them.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { Log } from "../log.ts";
import { JournalRuns, type JournalRun } from "./journal-runs.ts";
import { readJournal } from "./journalctl.ts";
import { contentOf, parseUnits, type UnitProperties, type UnitRun } from "./parse-units.ts";
import { isOfProgram, showUnits } from "./systemctl.ts";

/** A run that was under way at the look before: its start may be further back than the entries go. */
export type UnderWay = { unit: string; id: string; startedAt: Micros };
export type MissedRun = { id: string; run: UnitRun };
type Ended = JournalRun & { invocation: string; endedAt: Micros };

const starting = "7d4958e842da4a758f6c1cdc7b36dcc5";
const prefix = "systemd-";
/** Entries come a little later than what they tell of. */
export const journalSlack = 3 * microsPerSecond;
const mostTold = 5000;

type Options = { systemctl: string; journalctl: string; log: Log; services: readonly string[] };

export class MissedRuns {
  readonly #options: Options;
  /** Ids of those that were told. */
  readonly #told = new Set<string>();
  #fails = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Of units that have begun anew, and of the services that are named. `units`: as they were shown just now. Of those told already, none. */
  async since(
    at: Micros,
    begun: readonly string[],
    underWay: readonly UnderWay[],
    units: readonly UnitProperties[],
  ): Promise<MissedRun[]> {
    const wanted = [...begun, ...this.#options.services];
    const entries = await this.#entries(at - journalSlack, wanted);
    if (begun.length > 0) this.#say(entries === "" ? "the journal tells nothing of units" : null);
    const ended = endedRuns(entries, underWay)
      .map((run) => ({ run, unit: `${run.unit}.service`, id: `${prefix}${run.invocation}` }))
      .filter(({ unit, id }) => !this.#told.has(id) && matchesAny(unit, wanted));
    const contents = new Map(units.map((unit) => [unit.get("Id"), contentOf(unit)]));
    const forgotten = new Set(ended.map(({ unit }) => unit).filter((unit) => !contents.has(unit)));
    if (forgotten.size > 0) {
      const shown = await showUnits(this.#options.systemctl, ["Id", "User", "ExecStart"], [...forgotten]);
      for (const unit of parseUnits(shown)) contents.set(unit.get("Id"), contentOf(unit));
    }
    return ended.flatMap(({ run, unit, id }) => {
      const content = contents.get(unit);
      return content ? [{ id, run: unitRunOf(run, content) }] : [];
    });
  }

  note(id: string): void {
    this.#told.add(id);
    const [oldest] = this.#told;
    if (this.#told.size > mostTold) this.#told.delete(oldest!);
  }

  has(id: string): boolean {
    return this.#told.has(id);
  }

  async #entries(since: Micros, wanted: readonly string[]): Promise<string> {
    try {
      return await readJournal(this.#options.journalctl, since, wanted.some(isPattern) ? [] : wanted);
    } catch (error) {
      if (!isOfProgram(error)) throw error;
      this.#say(error.message);
      return "";
    }
  }

  /** Once, until it is over. */
  #say(fault: string | null): void {
    if (fault !== null && !this.#fails)
      this.#options.log.warn(`of several runs of a unit at once only the last is recorded: ${fault}`);
    this.#fails = fault !== null;
  }
}

/** Those that ended and that systemd gave an id, of entries as `journalctl -o json` writes them. */
export function endedRuns(entries: string, underWay: readonly UnderWay[]): Ended[] {
  const runs = new JournalRuns();
  for (const { unit, id, startedAt } of underWay)
    runs.take(0, {
      MESSAGE_ID: starting,
      UNIT: unit,
      INVOCATION_ID: id.slice(prefix.length),
      __REALTIME_TIMESTAMP: String(Math.round(startedAt)),
    });
  const ended = entries.split("\n").flatMap((line, at) => runs.take(at + 1, entryOf(line)));
  return [...ended, ...runs.rest()].filter(isWhole);
}

function entryOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isWhole(run: JournalRun): run is Ended {
  return run.endedAt !== null && run.endedAt >= run.startedAt && /^[0-9a-f]{32}$/.test(run.invocation ?? "");
}

/** As `systemctl show` would have told it. Instants stay those of the journal, since 1970. */
function unitRunOf(run: Ended, content: Pick<UnitRun, "user" | "commands">): UnitRun {
  const { unit, invocation, startedAt, endedAt, outcome, exitCode, cpuSeconds, readBytes, writeBytes } = run;
  return {
    unit: `${unit}.service`,
    invocationId: invocation,
    startedAt,
    startedText: "",
    endedAt,
    ...content,
    mainPid: null,
    result: outcome === "ok" ? "success" : (outcome ?? "failed"),
    exitCode,
    ...(cpuSeconds === null ? {} : { cpuSeconds }),
    ...(readBytes === null ? {} : { ioReadBytes: readBytes }),
    ...(writeBytes === null ? {} : { ioWriteBytes: writeBytes }),
  };
}

function isPattern(name: string): boolean {
  return /[*?]/.test(name);
}

/** Whether a name is one of these names and patterns, as systemd matches them. */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const source = pattern
      .replace(/[^\w*?]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    return isPattern(pattern) ? new RegExp(`^${source}$`).test(name) : pattern === name;
  });
}
