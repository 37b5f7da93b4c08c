/** What the hub probes itself. With several hubs on one store one of them does it at a time. */
import { setTimeout as sleep } from "node:timers/promises";
import { believe, CheckLoop, isRemote, probeRemote, runProbe, type MayReach } from "@culprit/probes";
import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "../clock.ts";
import { mayReachFrom } from "../outbound.ts";
import { publicId } from "../public-ids.ts";
import type { CheckResultRow, CheckRow, Store } from "../store/store.ts";
import { beliefOf, type Checks } from "./checks.ts";
import { ResultWriter } from "./result-writer.ts";

type HubProbesParts = {
  store: Store;
  clock: Clock;
  checks: Checks;
  internalTargets: readonly string[];
  log: FastifyBaseLogger;
  /** A connection that broke took the lock with it: so long another hub may probe as well. */
  turnSeconds?: number;
};

const atOnce = 50;
const byTheHub = 0;

type Due = { id: string; intervalSeconds: number; lastAt: number; row: CheckRow };

export class HubProbes {
  readonly #parts: HubProbesParts;
  readonly #mayReach: MayReach;
  readonly #loop: CheckLoop<Due>;
  readonly #results: ResultWriter;
  readonly #stopping = new AbortController();

  constructor(parts: HubProbesParts) {
    this.#parts = parts;
    this.#results = new ResultWriter(parts.store.checks);
    this.#mayReach = mayReachFrom(parts.internalTargets);
    this.#loop = new CheckLoop({
      now: () => parts.clock.now(),
      atOnce,
      run: async ({ row }) => ({ again: await this.#look(row) }),
    });
  }

  /** One turn: starts what is due each second, if no other hub does. */
  async turn(): Promise<void> {
    const { turnSeconds = 30 } = this.#parts;
    await this.#parts.store.exclusively("checks", async () => {
      // What the hub that had the lock before has seen is not due again.
      await this.#parts.checks.refresh();
      for (let second = 0; second < turnSeconds && !this.#stopping.signal.aborted; second++) {
        this.tick();
        await sleep(1000, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
      // What still runs delays no other check, and ends by itself.
      this.#loop.rest();
    });
  }

  tick(): void {
    const rows = this.#parts.checks.of(byTheHub).filter(({ running }) => running);
    this.#loop.set(
      rows.map((row) => ({
        id: publicId("c", row.checkId),
        intervalSeconds: row.intervalSeconds,
        lastAt: row.believedUntil,
        row,
      })),
    );
    this.#loop.tick();
  }

  settled(): Promise<void> {
    return this.#loop.settled();
  }

  /** Resolves when nothing is probed any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop.settled();
  }

  /** Probes now; the result is stored when it resolves. */
  async now({ checkId, target, timeoutSeconds }: CheckRow): Promise<CheckResultRow> {
    const result = await runProbe(
      (context) =>
        isRemote(target)
          ? probeRemote(target, context)
          : Promise.reject(new Error(`a machine must look at its own ${target.kind}`)),
      {
        timeoutSeconds,
        mayReach: this.#mayReach,
        leave: "hub",
        signal: this.#stopping.signal,
      },
    );
    const row = { checkId, at: this.#parts.clock.now(), ...result };
    if (this.#stopping.signal.aborted) return row;
    await this.#results.write(row);
    this.#parts.checks.heard([checkId]);
    return row;
  }

  /** Whether to look again soon. */
  async #look(row: CheckRow): Promise<boolean> {
    try {
      const result = await this.now(row);
      return believe(beliefOf(row), result, row.retries).doubts !== null;
    } catch (error) {
      // The store can't write now; the check comes round again.
      this.#parts.log.error({ err: error, check: row.name }, "a check's result was not stored");
      return false;
    }
  }
}
