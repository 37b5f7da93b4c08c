/** What shows that this hub hears: other machines, asked for a sign of life; where there are none, its own router. */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { CheckerParts } from "./checker-parts.ts";
import type { Witness } from "./judge.ts";

/** With several hubs: contacts are written by the one and read by the other. */
export const storeLag: Micros = 5 * microsPerSecond;
const pingedAtOnce = 3;
/** Enough to be told. */
const counted = 100;
/** With more machines than these there are others to ask. */
const gatewayMatters = 2;
const gatewayLearntEvery = 600 * microsPerSecond;

type Parts = Pick<CheckerParts, "channels" | "clock" | "fleet" | "log" | "network" | "severalHubs" | "sight">;

export class Witnesses {
  readonly #parts: Parts;
  #heard: readonly number[] = [];
  #gateway: { address: string; answered: boolean } | null = null;
  #gatewayTriedAt = -Infinity;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Each turn: the machines that were heard until now over a network. */
  see(heard: readonly number[]): void {
    this.#heard = heard;
  }

  others(machineId: number): number[] {
    return this.#heard.filter((other) => other !== machineId);
  }

  /** Asks some for a sign of life; answers whether there was one to ask. */
  ping(others: readonly number[]): boolean {
    const { channels } = this.#parts;
    let pinged = 0;
    for (const other of others) {
      if (channels.connected(other) && channels.ping(other)) pinged++;
      if (pinged === pingedAtOnce) break;
    }
    return pinged > 0;
  }

  /** `since`: when the machine was missed. */
  of(others: readonly number[], since: Micros, gatewayAnswers: boolean | null): Witness {
    const { fleet, network, severalHubs } = this.#parts;
    const from = since - (severalHubs ? storeLag : 0);
    if (others.length > 0) {
      let machines = 0;
      for (const other of others) {
        if ((fleet.get(other)?.lastContactAt ?? -Infinity) >= from) machines++;
        if (machines === counted) break;
      }
      return machines > 0 ? { by: "others", machines } : { by: "none" };
    }
    if (network.own().size === 0) return { by: "none" };
    if (gatewayAnswers === null) return { by: "alone" };
    return gatewayAnswers ? { by: "gateway" } : { by: "none" };
  }

  /** Null if that tells nothing: there is none, or it never answers. */
  async askGateway(): Promise<boolean | null> {
    if (!this.#gateway?.answered) return null;
    const { address } = this.#gateway;
    const { network, sight } = this.#parts;
    if (address !== (await network.gateway())) return false;
    return (await sight(address, { kind: "ping" })).answered;
  }

  /** While machines are heard, and so few that it may have to be the witness. */
  learnGateway(): void {
    const { clock, log } = this.#parts;
    const isDue = clock.now() - this.#gatewayTriedAt >= gatewayLearntEvery;
    if (!isDue || this.#heard.length === 0 || this.#heard.length > gatewayMatters) return;
    this.#gatewayTriedAt = clock.now();
    this.#learn().catch((error: unknown) => log.error({ err: error }, "the gateway was not looked at"));
  }

  async #learn(): Promise<void> {
    const { network, sight } = this.#parts;
    const address = await network.gateway();
    if (address === null) this.#gateway = null;
    else this.#gateway = { address, answered: (await sight(address, { kind: "ping" })).answered === true };
  }
}
