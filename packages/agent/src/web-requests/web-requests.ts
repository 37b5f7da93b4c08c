/**
 * The one door to the spool for executions of kind `web`, wherever they come from: each is counted, and recorded one by one
 * as far as the gate lets it. Counts are told once a minute as series, and survive a crash beside the spool.
 */
import {
  microsPerSecond,
  parseInstant,
  WebGate,
  withWeight,
  type ExecutionInput,
  type Micros,
  type RequestName,
  type WebRequest,
} from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import { isDiskFull } from "../spool/durable.ts";
import type { Spool } from "../spool/spool.ts";
import { KnownRoutes } from "./known-routes.ts";
import { RequestCounts } from "./request-counts.ts";
import { loadWebState, saveWebState, type LogPosition, type WebState } from "./web-state.ts";

export type WebRequestsOptions = { dataDir: string; spool: Spool; clock: Clock; log: Log };

const tellEvery: Micros = 60 * microsPerSecond;
const saveEverySeconds = 5;
/** A backlog brings many minutes at once; they are not gathered in memory. */
const minutesGathered = 10;
/** Nor, on a full disk, more than so many. */
const mostMinutes = 100;
const name = /^(?:(?<site>.{1,60}?) )?(?<method>[A-Z][A-Z-]{1,15}) (?<target>\/.*|[a-z]+:\/\/.*)$/s;
const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]);

export class WebRequests {
  readonly logPositions: Map<string, LogPosition[]>;
  readonly #options: WebRequestsOptions;
  readonly #gate = new WebGate();
  readonly #routes: KnownRoutes;
  readonly #counts: RequestCounts;
  /** What became of intake files that are counted and perhaps still there. */
  readonly #decided: Map<string, { execution: ExecutionInput | null } | "counted">;
  #sequence: number;
  #toldAt: Micros;
  #unsaved = false;
  #diskFull = false;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: WebRequestsOptions, saved: WebState | null) {
    const told = saved !== null && options.spool.recoveredSources.has(sourceOf(saved.sequence));
    this.#options = options;
    this.#sequence = (saved?.sequence ?? 0) + (told ? 1 : 0);
    this.#counts = new RequestCounts(told ? { ...saved.counts, minutes: [] } : saved?.counts);
    this.#routes = new KnownRoutes(() => options.clock.now(), saved?.routes);
    this.#decided = new Map(saved?.files.map((file) => [file, "counted"]));
    this.logPositions = new Map(Object.entries(saved?.logs ?? {}));
    this.#toldAt = options.clock.now();
  }

  static async open(options: WebRequestsOptions): Promise<WebRequests> {
    return new WebRequests(options, await loadWebState(options.dataDir));
  }

  /** Method, route and name of a request; `site` may be empty. Of the target only its route is kept. */
  nameOf(site: string, method: string, target: string, refused: boolean): RequestName {
    const known = methods.has(method) ? method : "_OTHER";
    const route = this.#routes.routeOf(site, target, refused);
    return { method: known, route, process: `${site === "" ? "" : `${site} `}${known} ${route}` };
  }

  /** For how many requests a record of it stands, 0 if there is to be none. To be counted with that by `count`. */
  decide(request: WebRequest): number {
    return this.#gate.decide(request);
  }

  count(request: WebRequest, weight: number): void {
    this.#counts.add(request, weight > 0);
    this.#unsaved = true;
  }

  /** There is something to save beside the counts. */
  touched(): void {
    this.#unsaved = true;
  }

  /**
   * A run from the intake folder as it is to be recorded, or null if it is only counted. Asked again for the same file the
   * answer is the same and nothing is counted twice; `whole`: it was told as running, so its end must be told, too.
   */
  admit(run: ExecutionInput, file: string, whole: boolean): ExecutionInput | null {
    const decided = this.#decided.get(file);
    if (decided !== undefined && decided !== "counted") return decided.execution;
    const { request, execution } = this.#requestOf(run);
    if (decided === "counted") return execution;
    const weight = whole ? 1 : this.decide(request);
    const admitted = weight === 0 ? null : withWeight(execution, weight);
    this.count(request, whole ? 1 : weight);
    this.#decided.set(file, { execution: admitted });
    return admitted;
  }

  /** These intake files are gone. */
  settled(files: readonly string[]): void {
    for (const file of files) this.#decided.delete(file);
  }

  /** Resolves when what was counted up to now survives a crash, or the disk is full. */
  async save(): Promise<void> {
    await this.#inTurn(() => this.#save());
  }

  /** Tells and saves until `signal` is aborted, and a last time then. Rejects only if the spool fails for good. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await pause(clock, saveEverySeconds, signal);
      const now = clock.now();
      const due =
        now - this.#toldAt >= tellEvery || now < this.#toldAt || this.#counts.minutes > minutesGathered;
      if (due) await this.tell();
      else if (this.#unsaved) await this.save();
    }
  }

  /** Puts the counts into the spool, exactly once: their source names the batch, which recovery compares with the state. */
  tell(): Promise<void> {
    return this.#inTurn(async () => {
      this.#toldAt = this.#options.clock.now();
      if (this.#counts.isEmpty && !this.#unsaved) return;
      // What is told is what the state holds, whatever is counted while that is written.
      this.#counts.hold();
      const saved = await this.#save();
      if (!saved && this.#counts.minutes < mostMinutes) return this.#counts.release();
      const body = this.#counts.take();
      if (!body) return;
      await this.#options.spool.appendSamples(body, body.points.at.length, [sourceOf(this.#sequence)]);
      this.#sequence++;
      await this.#save();
    });
  }

  #requestOf(run: ExecutionInput): { request: WebRequest; execution: ExecutionInput } {
    const from = parseInstant(run.startedAt) ?? 0;
    const endedAt = parseInstant(run.endedAt ?? run.startedAt) ?? from;
    const failed = run.outcome !== "ok";
    const status = Number(run.attributes?.["http.response.status_code"]);
    const parts = name.exec(run.process)?.groups;
    const refused = status >= 400 && status < 500;
    const named = parts
      ? this.nameOf(parts["site"] ?? "", parts["method"]!, parts["target"]!, refused)
      : { process: run.process, method: "", route: run.process };
    const statusClass = statusClassOf(status) ?? (failed ? "failed" : "ok");
    const isUnknown = run.flags?.includes("duration-unknown") ?? false;
    const seconds = isUnknown ? null : Math.max(0, endedAt - from) / microsPerSecond;
    return {
      request: { name: named, statusClass, failed, seconds, endedAt },
      execution: { ...run, process: named.process },
    };
  }

  /** Answers whether it was written. */
  async #save(): Promise<boolean> {
    this.#unsaved = false;
    const state: WebState = {
      sequence: this.#sequence,
      counts: this.#counts.saved,
      files: [...this.#decided.keys()],
      logs: Object.fromEntries(this.logPositions),
      routes: this.#routes.saved,
    };
    try {
      await saveWebState(this.#options.dataDir, state);
      this.#diskFull = false;
      return true;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#unsaved = true;
      if (!this.#diskFull) this.#options.log.warn("the disk is full: counts of web requests are not saved");
      this.#diskFull = true;
      return false;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** 2xx and so on; null for what is no status. */
export function statusClassOf(status: number): string | null {
  return status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : null;
}

function sourceOf(sequence: number): string {
  return `web-requests ${sequence}`;
}
