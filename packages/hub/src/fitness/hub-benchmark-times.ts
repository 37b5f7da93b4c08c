/** When the hub measures itself: at times that are its host's own, if it is quiet then, else a little later. */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { Hub } from "../context.ts";

const againAfter: Micros = 600 * microsPerSecond;
const attempts = 6;

type HubBenchmarkTimesParts = Pick<
  Hub,
  "settings" | "clock" | "log" | "store" | "commits" | "attribution" | "dear"
> & { hubBenchmark: Pick<Hub["hubBenchmark"], "run"> };

export class HubBenchmarkTimes {
  readonly #hub: HubBenchmarkTimesParts;
  readonly #every: Micros;
  /** In each interval, by the host: several hubs, and the agent beside this one, don't measure at once. */
  readonly #place: Micros;
  #done: number;
  #attempt = 0;
  #againAt: Micros = -Infinity;

  constructor(hub: HubBenchmarkTimesParts, host = hostname()) {
    this.#hub = hub;
    this.#every = hub.settings.benchmarks.everyHours * 3600 * microsPerSecond;
    const hash = createHash("sha256").update(`hub on ${host}`).digest();
    this.#place = Math.floor((hash.readUInt32BE() / 2 ** 32) * this.#every);
    this.#done = this.#interval();
  }

  /** For a chore every minute. */
  async turn(): Promise<void> {
    const { clock, log } = this.#hub;
    const interval = this.#interval();
    if (this.#every === 0 || interval === this.#done || clock.now() < this.#againAt) return;
    const { skipped } = await this.#hub.hubBenchmark.run(this.#hub, "scheduled");
    const [left] = skipped;
    // What failed once fails again.
    if (left && left.why !== "failed" && ++this.#attempt < attempts) {
      this.#againAt = clock.now() + againAfter;
      return;
    }
    if (left && left.why !== "failed")
      log.info(
        { reason: left.detail ?? left.why },
        "the benchmark of the hub is left out until the next time",
      );
    this.#done = interval;
    this.#attempt = 0;
    this.#againAt = -Infinity;
  }

  #interval(): number {
    return Math.floor((this.#hub.clock.now() - this.#place) / this.#every);
  }
}
