/** Runs that one machine records with `culprit-run`, each under a name of its own, and what the hub has of them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { execution, formatInstant, list, seriesAnswer, type HubClient } from "@culprit/protocol";
import { culpritRun } from "../../e2e/system.ts";

const stepMillis = 10_000;

export class RunWriter {
  readonly #client: HubClient;
  readonly #machine: string;
  readonly #intake: string;
  #made = 0;
  #marked = 0;

  constructor(client: HubClient, machine: string, intake: string) {
    this.#client = client;
    this.#machine = machine;
    this.#intake = intake;
  }

  async make(): Promise<void> {
    const child = spawn(culpritRun, ["--name", `run ${this.#made}`, "--", "true"], {
      env: { ...process.env, CULPRIT_INTAKE: this.#intake },
      stdio: "ignore",
    });
    const [status] = (await once(child, "exit")) as [number | null];
    if (status !== 0) throw new Error(`culprit-run ended with ${status}`);
    this.#made++;
  }

  /** Those made so far. */
  mark(): void {
    this.#marked = this.#made;
  }

  async markedAreStored(): Promise<boolean> {
    const found = await this.#stored();
    return Array.from({ length: this.#marked }, (_, number) => found.has(`run ${number}`)).every(Boolean);
  }

  async allAreStored(): Promise<boolean> {
    return (await this.#stored()).size >= this.#made;
  }

  async count(): Promise<{ made: number; stored: number; doubled: number }> {
    const found = await this.#stored();
    return {
      made: this.#made,
      stored: found.size,
      doubled: [...found.values()].filter((times) => times > 1).length,
    };
  }

  /** How often each is there, when it has ended. */
  async #stored(): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    let cursor: string | undefined;
    do {
      const query = { machine: this.#machine, limit: 1000, cursor };
      const page = await this.#client.get("/executions", list(execution), query);
      for (const { process: name, outcome } of page.items)
        if (outcome === "ok") found.set(name, (found.get(name) ?? 0) + 1);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return found;
  }
}

/** Steps of ten seconds without a sample, from then (ms) until a moment ago: what was just measured may be under way. */
export async function missingSteps(client: HubClient, machine: string, since: number): Promise<number> {
  const from = Math.ceil(since / stepMillis) * stepMillis;
  const to = Math.floor(Date.now() / stepMillis - 4) * stepMillis;
  const { series } = await client.get("/metrics/series", seriesAnswer, {
    machine,
    metric: "system.memory.usage",
    from: formatInstant(from * 1000),
    to: formatInstant(to * 1000),
    stepSeconds: stepMillis / 1000,
  });
  // A gap is told by one null, however long it is.
  const measured = series[0]?.values.filter((value) => value !== null) ?? [];
  return (to - from) / stepMillis - measured.length;
}
