/**
 * Requests to machines whose channel is open to another hub of the same store: put down there, taken by that hub within a
 * second, and answered by it. An order that nobody has taken can be withdrawn, so that it is known not to be carried out; one
 * that was taken is never taken again.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  finding,
  microsPerSecond,
  problem,
  problemCodes,
  ProblemError,
  type Finding,
  type ProblemCode,
} from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { PassedOrderRow, PassedOrderStore } from "../store/store.ts";
import type { RequestOptions } from "./channels.ts";

const lookMillis = 250;
/** For the way there and back, beyond what the machine may take. */
const wayBackSeconds = 3;
const atOnce = 50;
const keptSeconds = 3600;

const answerOf = z.union([
  z.strictObject({ result: z.unknown() }),
  z.strictObject({
    problem: problem.pick({ code: true, detail: true }).extend({ finding: finding.optional() }),
  }),
]);
type Answer =
  | { result: unknown }
  | { problem: { code: string; detail?: string | undefined; finding?: Finding | undefined } };

type Perform = (order: PassedOrderRow) => Promise<unknown>;

export type PassedOrdersParts = {
  store: PassedOrderStore;
  clock: Clock;
  log: FastifyBaseLogger;
  /** Machines whose channel is open here. */
  connected: () => readonly number[];
  /** Asks one of these. */
  perform: Perform;
  /** Other hubs look each second. */
  takenWithinSeconds?: number;
};

export class PassedOrders {
  readonly #parts: PassedOrdersParts;
  readonly #underWay = new Set<Promise<void>>();
  #cleanedAt = 0;

  constructor(parts: PassedOrdersParts) {
    this.#parts = parts;
  }

  /** Problems as those of a channel of this hub; `machine-not-connected` if no hub has its channel, then nothing was done. */
  async request(
    machineId: number,
    name: string,
    args: unknown,
    { timeoutSeconds, by }: RequestOptions,
  ): Promise<unknown> {
    const { store, clock, takenWithinSeconds = 5 } = this.#parts;
    const order: PassedOrderRow = {
      machineId,
      orderId: randomUUID(),
      name,
      arguments: args,
      by: by ?? null,
      timeoutSeconds,
      expiresAt: clock.now() + Math.round(takenWithinSeconds * microsPerSecond),
    };
    await store.add(order);
    const begun = performance.now();
    const since = (): number => (performance.now() - begun) / 1000;
    let taken = false;
    while (since() < timeoutSeconds + wayBackSeconds + takenWithinSeconds) {
      await sleep(lookMillis);
      const answer = await store.answerTo(order);
      if (answer !== undefined) {
        await store.remove(order);
        return resultOf(answer);
      }
      if (taken || since() < Math.min(takenWithinSeconds, timeoutSeconds)) continue;
      if (await store.withdraw(order))
        throw new ProblemError(
          "machine-not-connected",
          "the machine is in contact, but none of the hubs that share this store has its channel open now: nothing was done",
        );
      taken = true;
    }
    await store.remove(order);
    throw new ProblemError(
      "no-answer",
      `another hub passed this on, and the machine did not answer within ${Number(timeoutSeconds.toFixed(1))} seconds`,
    );
  }

  /** One look for what other hubs ask of machines that are connected here. What is carried out then delays no other look. */
  async turn(): Promise<void> {
    const { store, clock, connected } = this.#parts;
    await this.#clean();
    const here = connected();
    const free = atOnce - this.#underWay.size;
    if (here.length === 0 || free <= 0) return;
    for (const order of (await store.waiting(clock.now(), here)).slice(0, free)) {
      if (!(await store.take(order))) continue;
      const work = this.#carryOut(order).finally(() => this.#underWay.delete(work));
      this.#underWay.add(work);
    }
  }

  /** Resolves when nothing is carried out any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #carryOut(order: PassedOrderRow): Promise<void> {
    const { store, log, perform } = this.#parts;
    try {
      await store.answer(order, await this.#answer(order, perform));
    } catch (error) {
      // Whoever asked is told that there is no answer.
      log.error(
        { err: error, machineId: order.machineId, order: order.name },
        "an answer was not passed back",
      );
    }
  }

  async #answer(order: PassedOrderRow, perform: Perform): Promise<Answer> {
    try {
      return { result: (await perform(order)) ?? null };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { code, detail } = error.problem;
      return { problem: { code, detail, finding: error.finding } };
    }
  }

  /** Of hubs that ended before they had their answer. */
  async #clean(): Promise<void> {
    const now = this.#parts.clock.now();
    if (now - this.#cleanedAt < keptSeconds * microsPerSecond) return;
    this.#cleanedAt = now;
    await this.#parts.store.removeExpired(now - keptSeconds * microsPerSecond);
  }
}

function resultOf(raw: unknown): unknown {
  const answer = answerOf.parse(raw);
  if ("result" in answer) return answer.result;
  const { code, detail, finding } = answer.problem;
  throw new ProblemError(isCode(code) ? code : "internal", detail, finding ? { finding } : {});
}

const isCode = (code: string): code is ProblemCode => Object.hasOwn(problemCodes, code);
