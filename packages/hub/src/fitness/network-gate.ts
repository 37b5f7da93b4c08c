/** Network benchmarks of agents: one at a time, for two would measure each other, and so many from each machine. */
import { randomBytes } from "node:crypto";
import { networkBenchmarkBytes, ProblemError } from "@culprit/protocol";
import type { FastifyReply } from "fastify";
import { Attempts } from "../auth/attempts.ts";
import type { Clock } from "../clock.ts";

/** A run has about ten requests in each direction. */
const requests = { most: 60, seconds: 600 };

export class NetworkGate {
  readonly #attempts: Attempts;
  #underWay = false;
  #text: string | null = null;

  constructor(clock: Clock) {
    this.#attempts = new Attempts(clock, requests.most, requests.seconds);
  }

  /** Throws a problem of code too-many-requests or overloaded; lets the next one in when this reply is over. */
  enter(machineId: number, { raw }: FastifyReply): void {
    const key = String(machineId);
    this.#attempts.check(key);
    if (this.#underWay)
      throw new ProblemError("overloaded", "the network of another machine is measured now", {
        retryAfterSeconds: 10,
      });
    this.#attempts.count(key);
    this.#underWay = true;
    raw.once("close", () => (this.#underWay = false));
  }

  /** Random, so that nothing on the way makes it smaller. */
  text(characters: number): string {
    this.#text ??= randomBytes(Math.ceil((networkBenchmarkBytes.request * 3) / 4)).toString("base64");
    return this.#text.slice(0, characters);
  }
}
