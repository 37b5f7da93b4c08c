/**
 * The checks that this machine was told to make. The list is kept on disk: they go on while the hub is away, and their
 * results wait in the spool like all samples. Where they may look is for the machine's own file to say.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assignedChecks, formatInstant, type AssignedCheck, type CheckResult } from "@culprit/protocol";
import {
  believe,
  CheckLoop,
  isRemote,
  nothingBelieved,
  probeRemote,
  runProbe,
  said,
  type Belief,
  type ProbeResult,
} from "@culprit/probes";
import { RefusedRequest } from "../channel/requests.ts";
import type { Clock } from "../clock.ts";
import type { AllowedFile } from "../control/allowed.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import type { SampleBody } from "../sample-body.ts";
import { replaceFile } from "../spool/durable.ts";
import { resultBody } from "./check-results.ts";
import { probeOwn } from "./own-kinds/index.ts";
import type { OwnParts } from "./own-kinds/own-probe.ts";

export type ChecksParts = OwnParts & {
  dataDir: string;
  clock: Clock;
  log: Log;
  keep: (body: SampleBody) => void;
};

const atOnce = 8;

export class Checks {
  readonly #parts: ChecksParts;
  readonly #loop: CheckLoop<AssignedCheck>;
  #checks: ReadonlyMap<string, AssignedCheck> = new Map();
  readonly #beliefs = new Map<string, Belief>();
  readonly #stopping = new AbortController();

  private constructor(parts: ChecksParts) {
    this.#parts = parts;
    this.#loop = new CheckLoop({
      now: () => parts.clock.now(),
      atOnce,
      run: async (check) => ({ again: await this.#look(check) }),
    });
  }

  /** With the list of the last time, if there is one. */
  static async open(parts: ChecksParts): Promise<Checks> {
    const checks = new Checks(parts);
    const text = await readFile(listPath(parts), "utf8").catch(() => null);
    if (text !== null) checks.#take(text);
    return checks;
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#stopping.abort(), { once: true });
    while (!signal.aborted) {
      this.#loop.tick();
      await pause(this.#parts.clock, 1, signal);
    }
    await this.#loop.settled();
  }

  /** Replaces the list; durable when it resolves. */
  async assign(checks: readonly AssignedCheck[]): Promise<void> {
    await replaceFile(listPath(this.#parts), JSON.stringify({ checks }));
    this.#set(checks);
  }

  /** Looks now, beside the schedule; the result is kept as any other. */
  async now(id: string): Promise<CheckResult> {
    const check = this.#checks.get(id);
    if (!check) throw new RefusedRequest("failed", said("check-unknown", { check: id }));
    const { result, at } = await this.#result(check);
    return { checkId: id, at: formatInstant(at), ...result };
  }

  #take(text: string): void {
    try {
      this.#set(assignedChecks.parse(JSON.parse(text)).checks);
    } catch (error) {
      this.#parts.log.warn(`the list of checks can't be read, and waits for the hub: ${String(error)}`);
    }
  }

  #set(checks: readonly AssignedCheck[]): void {
    this.#checks = new Map(checks.map((check) => [check.id, check]));
    for (const id of this.#beliefs.keys()) if (!this.#checks.has(id)) this.#beliefs.delete(id);
    this.#loop.set(checks);
  }

  /** Whether to look again soon. */
  async #look(check: AssignedCheck): Promise<boolean> {
    try {
      return await this.#doubted(check);
    } catch (error) {
      this.#parts.log.error(`the check ${check.name} has no result: ${String(error)}`);
      return false;
    }
  }

  /** What got worse is not believed at once. */
  async #doubted(check: AssignedCheck): Promise<boolean> {
    const { result, at } = await this.#result(check);
    const before = this.#beliefs.get(check.id) ?? nothingBelieved;
    const belief = believe(before, { state: result.state, at }, check.retries);
    if (this.#checks.has(check.id)) this.#beliefs.set(check.id, belief);
    return belief.doubts !== null;
  }

  async #result(check: AssignedCheck): Promise<{ result: ProbeResult; at: number }> {
    const { target, timeoutSeconds } = check;
    const allowed = isRemote(target) ? await this.#parts.allowed() : null;
    const result = await runProbe(
      async (context) =>
        isRemote(target) ? probeRemote(target, context) : probeOwn(target, this.#parts, context),
      {
        timeoutSeconds,
        leave: "machine",
        mayReach: (host, address) => mayReach(allowed, host, address),
        signal: this.#stopping.signal,
      },
    );
    const at = this.#parts.clock.now();
    if (!this.#stopping.signal.aborted) this.#parts.keep(resultBody(check, result, at));
    return { result, at };
  }
}

const listPath = ({ dataDir }: ChecksParts): string => join(dataDir, "checks.json");

function mayReach(allowed: AllowedFile | null, host: string, address: string): boolean {
  return allowed?.mayProbe(host, address) ?? false;
}
