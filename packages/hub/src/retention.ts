/** What is older than its limit is removed once a night, by one hub of those that share a store. */
import { microsPerSecond } from "@culprit/protocol";
import type { Hub } from "./context.ts";

const hourMicros = 3600 * microsPerSecond;
const day = 24 * hourMicros;

/** Call it often: it works once, in the hour of the settings. */
export class Retention {
  readonly #hub: Hub;
  #doneDay: number | null = null;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Answers whether it ran. */
  async tick(): Promise<boolean> {
    const now = this.#hub.clock.now();
    const today = Math.floor(now / day);
    const hour = Math.floor((now % day) / hourMicros);
    if (hour !== this.#hub.settings.retention.hour || this.#doneDay === today) return false;
    this.#doneDay = today;
    return this.#hub.store.exclusively("retention", () => this.#run());
  }

  async #run(): Promise<void> {
    const { clock, counters, log, settings, store } = this.#hub;
    const { sampleDays, executionDays, keyDays } = settings.retention;
    const now = clock.now();
    const removed = await store.removeBefore({
      samples: now - sampleDays * day,
      executions: now - executionDays * day,
      keys: now - keyDays * day,
    });
    for (const [kind, rows] of Object.entries(removed))
      counters.add("culprit_retention_rows_total", `kind="${kind}"`, rows);
    log.info({ removed }, "removed what was older than its limit");
  }
}
