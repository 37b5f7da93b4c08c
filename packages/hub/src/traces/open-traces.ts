/**
 * Puts spans together with the execution they belong to. Senders pass a span on when it ends, so the steps of a long run
 * come before the run itself, and a late one after it: what waits is held in memory, bounded in number and time. A step
 * that waits here is lost with the hub; executions never wait.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { Entry } from "./execution-of-span.ts";
import type { Span } from "./span.ts";

export type OpenTraceLimits = {
  traces: number;
  /** Of ordinary size; one with long texts counts for several. */
  spansWaiting: number;
  /** Whose place in their trace is remembered: of one trace, and of all. */
  spansPerTrace: number;
  spansRemembered: number;
  keptFor: Micros;
  stepsPerExecution: number;
};

export const usualLimits = {
  traces: 5000,
  spansWaiting: 20_000,
  spansPerTrace: 2000,
  spansRemembered: 200_000,
  keptFor: 900 * microsPerSecond,
} satisfies Partial<OpenTraceLimits>;

const ordinaryCharacters = 500;

/** `recorded` false: a request that only its sample stands for; its steps are not recorded either. */
type OpenEntry = { entry: Entry; recorded: boolean; steps: number };

type OpenTrace = {
  touchedAt: Micros;
  entries: Map<string, OpenEntry>;
  parents: Map<string, string>;
  waiting: Map<string, Span>;
};

export type Joined = {
  steps: { span: Span; entry: Entry }[];
  /** Steps past the limit, by the execution's id. */
  leftOut: ReadonlyMap<string, number>;
  /** Spans that will not be steps of anything: nothing above them is recorded, or it did not come in time. */
  withoutExecution: number;
  /** To be called when the steps are stored; until then all of them are answered again. */
  settle: () => void;
};

export class OpenTraces {
  readonly #clock: Clock;
  readonly #limits: OpenTraceLimits;
  /** In the order in which they were last touched. */
  readonly #traces = new Map<string, OpenTrace>();
  #waiting = 0;
  #remembered = 0;

  constructor(clock: Clock, limits: OpenTraceLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Spans of one machine: the entries among them, and the others, which become steps of these or of earlier ones. */
  join(
    machineId: number,
    entries: readonly { span: Span; entry: Entry; recorded: boolean }[],
    others: readonly Span[],
  ): Joined {
    const touched = new Set<OpenTrace>();
    const traceOf = (span: Span) => {
      const trace = this.#touch(`${machineId} ${span.traceId}`);
      touched.add(trace);
      this.#remember(trace, span);
      return trace;
    };
    for (const { span, entry, recorded } of entries) {
      const { entries: known } = traceOf(span);
      const steps = known.get(span.spanId)?.steps ?? 0;
      this.#put(known, span.spanId, { entry, recorded, steps });
    }
    for (const span of others) this.#wait(traceOf(span), span);
    const withoutExecution = this.#makeRoom();
    const joined: Joined = { steps: [], leftOut: new Map(), withoutExecution, settle: () => {} };
    const settled = [...touched].map((trace) => this.#resolve(trace, joined));
    joined.settle = () => settled.forEach((settle) => settle());
    return joined;
  }

  #touch(key: string): OpenTrace {
    const trace = this.#traces.get(key) ?? {
      touchedAt: 0,
      entries: new Map(),
      parents: new Map(),
      waiting: new Map(),
    };
    trace.touchedAt = this.#clock.now();
    this.#traces.delete(key);
    this.#traces.set(key, trace);
    return trace;
  }

  #remember({ parents }: OpenTrace, { spanId, parentSpanId }: Span): void {
    if (parentSpanId !== null) this.#put(parents, spanId, parentSpanId);
  }

  #put<T>(remembered: Map<string, T>, spanId: string, value: T): void {
    if (!remembered.has(spanId)) {
      if (remembered.size >= this.#limits.spansPerTrace) return;
      this.#remembered++;
    }
    remembered.set(spanId, value);
  }

  #wait(trace: OpenTrace, span: Span): void {
    this.#release(trace, span.spanId);
    this.#waiting += weightOf(span);
    trace.waiting.set(span.spanId, span);
  }

  #release({ waiting }: OpenTrace, spanId: string): void {
    const span = waiting.get(spanId);
    if (span && waiting.delete(spanId)) this.#waiting -= weightOf(span);
  }

  #resolve(trace: OpenTrace, into: Joined): () => void {
    const byEntry = new Map<OpenEntry, Span[]>();
    const gone: string[] = [];
    const found = new Map<string, OpenEntry | null>();
    for (const span of trace.waiting.values()) {
      const owner = ownerOf(trace, span, found);
      if (owner === null) continue;
      gone.push(span.spanId);
      const steps = owner === "nobody" ? undefined : byEntry.get(owner);
      if (owner === "nobody" || !owner.recorded) into.withoutExecution++;
      else if (steps) steps.push(span);
      else byEntry.set(owner, [span]);
    }
    const taken = [...byEntry].map(([owner, spans]): [OpenEntry, number] => {
      const room = Math.max(0, this.#limits.stepsPerExecution - owner.steps);
      const longest = spans.toSorted((a, b) => b.endedAt - b.startedAt - (a.endedAt - a.startedAt));
      for (const span of longest.slice(0, room)) into.steps.push({ span, entry: owner.entry });
      if (spans.length > room)
        (into.leftOut as Map<string, number>).set(owner.entry.executionId, spans.length - room);
      return [owner, Math.min(room, spans.length)];
    });
    return () => {
      for (const [owner, steps] of taken) owner.steps += steps;
      for (const spanId of gone) this.#release(trace, spanId);
    };
  }

  /** Lets go of what is too old or too much, the longest untouched first; answers the spans that waited in vain. */
  #makeRoom(): number {
    const oldest = this.#clock.now() - this.#limits.keptFor;
    let dropped = 0;
    for (const [key, trace] of this.#traces) {
      const within =
        trace.touchedAt >= oldest &&
        this.#traces.size <= this.#limits.traces &&
        this.#remembered <= this.#limits.spansRemembered &&
        this.#waiting <= this.#limits.spansWaiting;
      if (within) break;
      this.#traces.delete(key);
      this.#remembered -= trace.entries.size + trace.parents.size;
      dropped += trace.waiting.size;
      for (const spanId of trace.waiting.keys()) this.#release(trace, spanId);
    }
    return dropped;
  }
}

/** The nearest execution above a span; null while something between may still come. `found`: of spans passed before. */
function ownerOf(
  { entries, parents }: OpenTrace,
  { parentSpanId }: Span,
  found: Map<string, OpenEntry | null>,
): OpenEntry | "nobody" | null {
  if (parentSpanId === null) return "nobody";
  const passed: string[] = [];
  let owner: OpenEntry | null = null;
  for (let above: string | undefined = parentSpanId; above !== undefined; above = parents.get(above)) {
    const known = entries.get(above) ?? found.get(above);
    if (known !== undefined) {
      owner = known;
      break;
    }
    passed.push(above);
    // Parents that form a circle end here.
    found.set(above, null);
  }
  for (const spanId of passed) found.set(spanId, owner);
  return owner;
}

/** In spans of ordinary size. */
function weightOf({ name, attributes, resource }: Span): number {
  let characters = name.length;
  for (const map of [attributes, resource])
    for (const value of map.values()) if (typeof value === "string") characters += value.length;
  return Math.max(1, Math.ceil(characters / ordinaryCharacters));
}
