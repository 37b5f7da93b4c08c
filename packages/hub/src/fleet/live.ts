/** Machines at this moment, asked of their agents. Who asks for the same machine within a second shares one answer. */
import { formatInstant, liveLook, liveSeconds, ProblemError, type LiveStatus } from "@culprit/protocol";
import type { Channels } from "../channel/channels.ts";
import type { Clock } from "../clock.ts";
import { publicId } from "../public-ids.ts";
import type { MachineRow } from "../store/store.ts";
import type { Health } from "./health/health.ts";

const sharedMillis = 1000;

export type LiveOptions = {
  timeoutSeconds?: number;
  /** Questions under way and answers that are still shared, of all machines. */
  mostHeld?: number;
};

export class LiveStatuses {
  readonly #channels: Channels;
  readonly #health: Pick<Health, "of">;
  readonly #clock: Clock;
  readonly #options: Required<LiveOptions>;
  readonly #held = new Map<number, Promise<LiveStatus>>();

  constructor(channels: Channels, health: Pick<Health, "of">, clock: Clock, options: LiveOptions = {}) {
    this.#channels = channels;
    this.#health = health;
    this.#clock = clock;
    this.#options = { timeoutSeconds: liveSeconds.hub, mostHeld: 500, ...options };
  }

  /** Problems: `machine-not-connected`, with its state; `no-answer`; `machine-busy`; `overloaded`. */
  of(row: MachineRow): Promise<LiveStatus> {
    const { machineId, name } = row;
    if (!this.#channels.reachable(machineId)) return Promise.reject(this.#notConnected(row));
    const held = this.#held.get(machineId);
    if (held) return held.then((status) => ({ ...status, machine: name }));
    if (this.#held.size >= this.#options.mostHeld)
      return Promise.reject(
        new ProblemError("overloaded", "too many machines are asked how they are", { retryAfterSeconds: 2 }),
      );
    const answer = this.#ask(row);
    this.#held.set(machineId, answer);
    const forget = () => {
      if (this.#held.get(machineId) === answer) this.#held.delete(machineId);
    };
    // A failure is shared only by those who wait for it.
    answer.then(() => setTimeout(forget, sharedMillis).unref(), forget);
    return answer;
  }

  async #ask({ machineId, name }: MachineRow): Promise<LiveStatus> {
    const { data } = liveLook.safeParse(await this.#answer(machineId));
    if (!data)
      throw new ProblemError("machine-refused", "the machine answered in a form that this hub does not know");
    const at = formatInstant(this.#clock.now());
    return { ...data, machine: name, machineId: publicId("m", machineId), at };
  }

  /** Nothing is changed by asking: where a channel breaks meanwhile, the next one is asked again. */
  async #answer(machineId: number): Promise<unknown> {
    const end = performance.now() + this.#options.timeoutSeconds * 1000;
    for (;;) {
      const timeoutSeconds = (end - performance.now()) / 1000;
      try {
        return await this.#channels.request(machineId, "live", undefined, { timeoutSeconds });
      } catch (error) {
        const unanswered = error instanceof ProblemError && error.problem.code === "no-answer";
        // On a channel that is still open it was the time that ran out.
        if (!unanswered || this.#channels.connected(machineId)) throw error;
        if (!(await this.#channels.whenConnected(machineId, (end - performance.now()) / 1000))) throw error;
      }
    }
  }

  #notConnected(row: MachineRow): ProblemError {
    const { state } = this.#health.of(row, false);
    return new ProblemError(
      "machine-not-connected",
      `${row.name} is ${state} and has no open channel to this hub`,
    );
  }
}
