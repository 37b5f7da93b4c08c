/**
 * What systemd says of its units becomes runs of services. Messages are told apart by their MESSAGE_ID (sd-messages.h), so the
 * language of the texts does not matter. A service of type oneshot says "Starting", ends, and says "Finished"; others say
 * "Started" when they begin. A run is given out when it is over and what it used is known, or a minute has passed.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";

export const messages: Readonly<Record<string, Message>> = {
  "7d4958e842da4a758f6c1cdc7b36dcc5": "starting",
  "39f53479d3a045ac8e11786248231fbf": "started",
  "7ad2d189f7e94e70a38c781354912448": "success",
  d9b373ed55a64feb8242e02dbe79a49c: "failure",
  be02cf6855d2428ba40df7e9d022f03d: "start-failed",
  "9d1aaa27d60140bd96365438aad20286": "stopped",
  "98e322203f7a4ed290d09fe03c09fe15": "exit",
  ae8f7b866b0347b9af31fe1c80b127c0: "used",
};
type Message = "starting" | "started" | "success" | "failure" | "start-failed" | "stopped" | "exit" | "used";

export type JournalRun = {
  /** Where it ended. */
  line: number;
  machine: string | null;
  /** Without `.service`. */
  unit: string;
  startedAt: Micros;
  endedAt: Micros | null;
  outcome: "ok" | "failed" | "timeout" | null;
  exitCode: number | null;
  cpuSeconds: number | null;
  readBytes: number | null;
  writeBytes: number | null;
  invocation: string | null;
};

type Entry = Readonly<Record<string, unknown>>;
type Open = JournalRun & { startedMessageAt: Micros | null };

const waitForUsage: Micros = 60 * microsPerSecond;
const unitsHeld = 10_000;

export class JournalRuns {
  readonly #open = new Map<string, Open>();
  /** Over, waiting for what they used; in the order of their ends. */
  readonly #ended = new Map<string, Open>();

  /** The runs that are complete with this entry. One that never ended has no end. */
  take(line: number, entry: Entry): JournalRun[] {
    const message = messages[textOf(entry, "MESSAGE_ID").replaceAll("-", "")];
    const unit = /^(.+)[.]service$/.exec(textOf(entry, "UNIT") || textOf(entry, "USER_UNIT"))?.[1];
    const at = Number(textOf(entry, "__REALTIME_TIMESTAMP"));
    if (!message || unit === undefined || !Number.isSafeInteger(at) || at <= 0) return [];
    const machine = textOf(entry, "_HOSTNAME") || null;
    const invocation = textOf(entry, "INVOCATION_ID") || textOf(entry, "USER_INVOCATION_ID") || null;
    const key = `${machine ?? ""} ${unit}`;
    const done = this.#waitedFor(at);
    const open = this.#open.get(key);
    const ended = this.#ended.get(key);
    const told = open ?? (ended?.startedMessageAt === null ? ended : undefined);
    switch (message) {
      case "starting":
        return [
          ...done,
          ...this.#leave(key),
          ...this.#begin(key, { line, machine, unit, at, invocation }, null),
        ];
      case "started":
        // Of a oneshot that has ended it means "Finished": its run is told already.
        if (told) told.startedMessageAt ??= at;
        else done.push(...this.#leave(key), ...this.#begin(key, { line, machine, unit, at, invocation }, at));
        return done;
      case "exit":
        if (open) open.exitCode = exitCodeOf(entry);
        return done;
      case "success":
      case "stopped":
        this.#end(key, line, at, "ok");
        return done;
      case "failure":
        this.#end(key, line, at, textOf(entry, "UNIT_RESULT") === "timeout" ? "timeout" : "failed");
        return done;
      case "start-failed":
        this.#end(key, line, at, "failed");
        return done;
      case "used":
        return [...done, ...this.#used(key, entry)];
      default:
        return message satisfies never;
    }
  }

  rest(): JournalRun[] {
    const all = [...this.#ended.values(), ...this.#open.values()];
    this.#ended.clear();
    this.#open.clear();
    return all;
  }

  #begin(
    key: string,
    {
      line,
      machine,
      unit,
      at,
      invocation,
    }: Pick<JournalRun, "line" | "machine" | "unit" | "invocation"> & { at: Micros },
    startedMessageAt: Micros | null,
  ): JournalRun[] {
    const [oldest] = this.#open.keys();
    const crowded = this.#open.size >= unitsHeld && oldest !== undefined ? this.#leave(oldest) : [];
    this.#open.set(key, {
      line,
      machine,
      unit,
      startedAt: at,
      endedAt: null,
      outcome: null,
      exitCode: null,
      cpuSeconds: null,
      readBytes: null,
      writeBytes: null,
      invocation,
      startedMessageAt,
    });
    return crowded;
  }

  #end(key: string, line: number, at: Micros, outcome: "ok" | "failed" | "timeout"): void {
    const run = this.#open.get(key);
    if (!run) return;
    this.#open.delete(key);
    this.#ended.set(key, { ...run, line, endedAt: at, outcome });
  }

  #used(key: string, entry: Entry): JournalRun[] {
    const run = this.#ended.get(key);
    if (!run) return [];
    this.#ended.delete(key);
    const nanos = numberOf(entry, "CPU_USAGE_NSEC");
    return [
      {
        ...run,
        cpuSeconds: nanos === null ? null : nanos / 1e9,
        readBytes: numberOf(entry, "IO_METRIC_READ_BYTES"),
        writeBytes: numberOf(entry, "IO_METRIC_WRITE_BYTES"),
      },
    ];
  }

  /** The run before, when the unit starts again. Old systemd tells of the end of a oneshot by "Started" alone. */
  #leave(key: string): JournalRun[] {
    const before = [this.#ended.get(key), this.#open.get(key)].filter((run) => run !== undefined);
    this.#ended.delete(key);
    this.#open.delete(key);
    return before.map((run) =>
      run.endedAt === null && run.startedMessageAt !== null && run.startedMessageAt > run.startedAt
        ? { ...run, endedAt: run.startedMessageAt, outcome: "ok" }
        : run,
    );
  }

  #waitedFor(now: Micros): JournalRun[] {
    const over: JournalRun[] = [];
    for (const [key, run] of this.#ended) {
      if (run.endedAt! > now - waitForUsage) break;
      this.#ended.delete(key);
      over.push(run);
    }
    return over;
  }
}

/** A field is text, or a list of texts if it stands there several times; what is not UTF-8 comes as numbers. */
function textOf(entry: Entry, field: string): string {
  const value = entry[field];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" ? first : "";
}

/** Of a process that a signal ended, what a shell would say. */
function exitCodeOf(entry: Entry): number | null {
  const status = numberOf(entry, "EXIT_STATUS");
  const code = textOf(entry, "EXIT_CODE");
  if (code === "exited" || status === null) return status;
  return code === "killed" || code === "dumped" ? 128 + status : null;
}

function numberOf(entry: Entry, field: string): number | null {
  const text = textOf(entry, field);
  return /^\d{1,18}$/.test(text) ? Number(text) : null;
}
