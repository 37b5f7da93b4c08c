/** The lines of one access log as requests: finds out its format, names the routes, and lets the gate decide. */
import { createHash } from "node:crypto";
import {
  formatInstant,
  microsPerSecond,
  withWeight,
  type ExecutionInput,
  type Micros,
  type WebRequest,
} from "@culprit/protocol";
import type { AccessLogSettings } from "../settings.ts";
import { statusClassOf, type WebRequests } from "../web-requests/web-requests.ts";
import type { LineFormat, LogLine } from "./log-line.ts";
import { tellFormat } from "./told-format.ts";
import { readWrittenFormat, textOfFormatError } from "./written-format.ts";

const linesToTellBy = 50;

export type ReadLines = {
  requests: { request: WebRequest; weight: number }[];
  executions: ExecutionInput[];
  /** Of no form that is known. */
  unread: number;
};

export type LineSpan = {
  generation: string;
  /** Where the first line begins. */
  offset: number;
  /** Lines that begin before are recorded already, though not counted. */
  recordedUpTo: number;
};

export class LogLines {
  readonly #settings: AccessLogSettings;
  readonly #webRequests: WebRequests;
  /** Two logs may begin with the same line: that of a probe of both sites. */
  readonly #log: string;
  #format: LineFormat | null;
  /** Most of the last lines were of another form. */
  #doubtful = false;
  /** Why the format that was given can't be used. */
  readonly formatError: string | null = null;

  constructor(settings: AccessLogSettings, webRequests: WebRequests) {
    this.#settings = settings;
    this.#webRequests = webRequests;
    this.#log = createHash("sha256").update(settings.path).digest("base64url").slice(0, 8);
    const written = settings.format === undefined ? null : readWrittenFormat(settings.format);
    this.#format = written && "parse" in written ? written : null;
    if (written && "missing" in written) this.formatError = textOfFormatError(written);
  }

  /** Null until lines told it. */
  get format(): LineFormat | null {
    return this.#format;
  }

  /** Every character of a line stands for one byte. */
  read(lines: readonly string[], span: LineSpan): ReadLines {
    // A server may have been told meanwhile to log how long requests take.
    if (this.#settings.format === undefined && (this.#doubtful || !this.#format?.hasDuration))
      this.#format = tellFormat(lines.slice(-linesToTellBy)) ?? this.#format;
    const read: ReadLines = { requests: [], executions: [], unread: 0 };
    let at = span.offset;
    for (const text of lines) {
      const line = this.#format?.parse(text.endsWith("\r") ? text.slice(0, -1) : text);
      if (line) this.#add(read, line, span, at);
      else if (text !== "") read.unread++;
      at += text.length + 1;
    }
    this.#doubtful = read.unread * 2 > lines.length;
    return read;
  }

  #add(read: ReadLines, line: LogLine, { generation, recordedUpTo }: LineSpan, offset: number): void {
    const { status, seconds } = line;
    const refused = status >= 400 && status < 500;
    const request = {
      name: this.#webRequests.nameOf(this.#settings.site ?? "", line.method, line.target, refused),
      statusClass: statusClassOf(status) ?? "unknown",
      failed: status >= 500,
      seconds,
      endedAt: this.#format!.timeIs === "end" ? line.at : line.at + microsOf(line),
    };
    // Without a duration it is no execution: an invented one would spoil every statistic.
    const weight = seconds === null ? 0 : this.#webRequests.decide(request);
    read.requests.push({ request, weight });
    if (weight === 0 || offset < recordedUpTo) return;
    const grain = this.#format!.grainSeconds;
    const execution: ExecutionInput = {
      id: `${this.#log}-${generation}-${offset.toString(36)}`,
      kind: "web",
      process: request.name.process,
      startedAt: formatInstant(request.endedAt - microsOf(line)),
      endedAt: formatInstant(request.endedAt),
      outcome: request.failed ? "failed" : "ok",
      attributes: {
        "http.response.status_code": status,
        ...(grain >= 1 ? { "time.grain_seconds": grain } : {}),
      },
    };
    read.executions.push(withWeight(execution, weight));
  }
}

function microsOf({ seconds }: LogLine): Micros {
  return Math.round((seconds ?? 0) * microsPerSecond);
}
