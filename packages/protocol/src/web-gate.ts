/**
 * Which web requests are recorded one by one: so many a second in full, past that all failed and slow ones and a sample of
 * the rest. Time is the requests' own, so that a backlog is treated as it would have been live. The agent asks it for access
 * logs and reported requests, the hub for traces.
 */
import { attributes, type ExecutionInput } from "./execution.ts";
import { microsPerSecond, type Micros } from "./vocabulary.ts";
import { limits } from "./limits.ts";
import { UsualDuration } from "./usual-duration.ts";

export type RequestName = {
  /** Under which it is recorded: method and route. */
  process: string;
  method: string;
  route: string;
};

export type WebRequest = {
  name: RequestName;
  /** 2xx, 5xx, or what the outcome was where there is no status. */
  statusClass: string;
  failed: boolean;
  /** Null where the source does not tell. */
  seconds: number | null;
  endedAt: Micros;
};

/** Past the limit one of so many ordinary requests of a process is recorded, and at least one a minute. */
const sampleOneOf = 100;
const sampleAtLeastEvery = 60 * microsPerSecond;
/** A clock that was set back further starts the count anew. */
const tolerated = 60 * microsPerSecond;
const processesKept = 500;

type Ordinary = { skipped: number; recordedAt: Micros; usual: UsualDuration };

export class WebGate {
  readonly #perSecond: number;
  readonly #processes = new Map<string, Ordinary>();
  #tokens: number;
  #filledAt: Micros | null = null;

  constructor(perSecond: number = limits.webRequestsPerSecond) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  /** For how many requests its record stands: 1 if it is recorded for itself, more in a sample, 0 if it is not recorded. */
  decide({ name, failed, seconds, endedAt }: WebRequest): number {
    const own = this.#process(name.process);
    const slow = seconds !== null && own.usual.isSlow(seconds);
    if (this.#takeToken(endedAt) || failed || slow) return 1;
    own.skipped++;
    const due = endedAt - own.recordedAt >= sampleAtLeastEvery || endedAt < own.recordedAt - tolerated;
    if (own.skipped < sampleOneOf && !due) return 0;
    const weight = own.skipped;
    own.skipped = 0;
    own.recordedAt = endedAt;
    return weight;
  }

  #takeToken(at: Micros): boolean {
    if (this.#filledAt === null || at < this.#filledAt - tolerated) this.#filledAt = at;
    const seconds = Math.max(0, at - this.#filledAt) / microsPerSecond;
    this.#filledAt = Math.max(this.#filledAt, at);
    this.#tokens = Math.min(this.#perSecond, this.#tokens + seconds * this.#perSecond);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Processes past the bound share one. */
  #process(name: string): Ordinary {
    const found = this.#processes.get(name);
    if (found) return found;
    if (this.#processes.size >= processesKept && name !== "") return this.#process("");
    const own = { skipped: 0, recordedAt: 0, usual: new UsualDuration() };
    this.#processes.set(name, own);
    return own;
  }
}

/** A record that stands for others says so. */
export function withWeight(execution: ExecutionInput, weight: number): ExecutionInput {
  if (weight <= 1) return execution;
  const all = { ...execution.attributes, "sample.weight": weight };
  const fits = attributes.safeParse(all).success;
  return {
    ...execution,
    attributes: fits ? all : { "sample.weight": weight },
    flags: [...(execution.flags ?? []), "sampled"],
  };
}
