/**
 * Histograms of all web requests, whatever is recorded of them one by one: requests by minute, process, class of status and
 * duration. Each request counts in exactly one series. Bounded: processes past the limit share one.
 */
import {
  microsPerSecond,
  recordedRequestsMetric,
  requestDurationBounds,
  requestDurationMetric,
  type Micros,
  type RequestName,
  type WebRequest,
} from "@culprit/protocol";
import { SampleBodyBuilder, type SampleBody } from "../sample-body.ts";
import { otherRoutes } from "./known-routes.ts";

const bounds = requestDurationBounds;
const minute = 60 * microsPerSecond;
/** Of the series that a machine may have; a known process may still take some when new ones may not. */
const seriesForNew = 2000;
const seriesForKnown = 3000;
/** An increment that covers longer than this tells nothing of when. */
const longestInterval = 10 * minute;
/** For what comes late to a minute that was told: it adds to the sum and hardly to the time covered. */
const noInterval = 0.001;

type Minutes = Map<Micros, Map<number, number>>;

export type SavedCounts = {
  series: string[];
  minutes: [Micros, [number, number][]][];
  told: [number, Micros][];
};

const others: RequestName = { process: otherRoutes, method: "_OTHER", route: otherRoutes };
/** No name holds a tab: it is a control character. */
const separator = "\t";
const recordedKey = "recorded";
const countedOnlyKey = "counted-only";

export class RequestCounts {
  /** Each process, method, route, class and bucket that was ever counted, as one text. */
  readonly #series = new Map<string, number>();
  readonly #processes = new Set<string>();
  /** The last minute told of each series. */
  readonly #told: Map<number, Micros>;
  #minutes: Minutes;
  /** Set aside to be told; what is counted meanwhile is told the next time. */
  #held: Minutes = new Map();

  constructor(saved: SavedCounts = { series: [], minutes: [], told: [] }) {
    for (const key of saved.series) this.#admit(key);
    this.#told = new Map(saved.told);
    this.#minutes = new Map(saved.minutes.map(([at, counts]) => [at, new Map(counts)]));
  }

  get isEmpty(): boolean {
    return this.minutes === 0;
  }

  get minutes(): number {
    return this.#minutes.size + this.#held.size;
  }

  add(request: WebRequest, recorded: boolean): void {
    const at = Math.ceil(request.endedAt / minute) * minute;
    let counts = this.#minutes.get(at);
    if (!counts) this.#minutes.set(at, (counts = new Map()));
    increase(counts, this.#seriesOf(request));
    increase(counts, this.#index(recorded ? recordedKey : countedOnlyKey));
  }

  get saved(): SavedCounts {
    return {
      series: [...this.#series.keys()],
      minutes: [...this.#held, ...this.#minutes].map(([at, counts]) => [at, [...counts]]),
      told: [...this.#told],
    };
  }

  /** Sets aside what was counted up to now, for `take`; to be called once before it, or before `release`. */
  hold(): void {
    this.#held = this.#minutes;
    this.#minutes = new Map();
  }

  /** It is not told now: it counts with what came meanwhile. */
  release(): void {
    for (const [at, counts] of this.#minutes) {
      const held = this.#held.get(at);
      if (!held) this.#held.set(at, counts);
      else for (const [index, value] of counts) held.set(index, (held.get(index) ?? 0) + value);
    }
    this.#minutes = this.#held;
    this.#held = new Map();
  }

  /** All that was set aside, as samples; it counts no more. Null if there is nothing. */
  take(): SampleBody | null {
    if (this.#held.size === 0) return null;
    const builder = new SampleBodyBuilder();
    const keys = [...this.#series.keys()];
    for (const [at, counts] of [...this.#held].toSorted(([a], [b]) => a - b)) {
      for (const [index, value] of counts) {
        builder.add(at, { ...describe(keys[index]!), value }, this.#interval(index, at));
      }
    }
    this.#held = new Map();
    return builder.body;
  }

  #interval(index: number, at: Micros): number {
    const before = this.#told.get(index);
    this.#told.set(index, Math.max(before ?? 0, at));
    if (before === undefined) return minute / microsPerSecond;
    return at <= before ? noInterval : Math.min(at - before, longestInterval) / microsPerSecond;
  }

  #seriesOf({ name, statusClass, seconds }: WebRequest): number {
    const bound = bucketOf(seconds);
    const key = keyOf(name, statusClass, bound);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const room = this.#processes.has(name.process) ? seriesForKnown : seriesForNew;
    return this.#index(this.#series.size < room ? key : keyOf(others, statusClass, bound));
  }

  #index(key: string): number {
    return this.#series.get(key) ?? this.#admit(key);
  }

  #admit(key: string): number {
    const index = this.#series.size;
    this.#series.set(key, index);
    this.#processes.add(key.split(separator, 1)[0]!);
    return index;
  }
}

function increase(counts: Map<number, number>, index: number): void {
  counts.set(index, (counts.get(index) ?? 0) + 1);
}

const boundTexts = bounds.map(String);

function bucketOf(seconds: number | null): string {
  if (seconds === null) return "unknown";
  let index = 0;
  while (index < bounds.length && seconds > bounds[index]!) index++;
  return boundTexts[index] ?? "inf";
}

function keyOf({ process, method, route }: RequestName, statusClass: string, bound: string): string {
  return process + separator + method + separator + route + separator + statusClass + separator + bound;
}

function describe(key: string): Omit<Parameters<SampleBodyBuilder["add"]>[1], "value"> {
  const [process, method, route, statusClass, bound] = key.split(separator);
  const kind = { unit: "{request}", type: "counter" } as const;
  if (bound === undefined) return { ...kind, metric: recordedRequestsMetric, attributes: { result: key } };
  return {
    ...kind,
    metric: requestDurationMetric,
    attributes: {
      "culprit.process": process!,
      "http.request.method": method!,
      "http.route": route!,
      "http.response.status_class": statusClass!,
      "bucket.upper": bound,
    },
  };
}
