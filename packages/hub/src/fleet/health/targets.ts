/** What a machine can be asked, and what it answers: an answer that stays away counts only where there was one before. */
import {
  microsPerSecond,
  type MachineProbe,
  type Micros,
  type ProbeTrial,
  type Sighting,
} from "@culprit/protocol";
import type { MayReach } from "@culprit/probes";
import { Turns } from "../../turns.ts";
import type { WatchRow } from "../../store/store.ts";
import type { Health } from "./health.ts";
import type { ProbeSign } from "./judge.ts";
import { isLoopback } from "../../listen-address.ts";

export type Sight = (address: string, probe: MachineProbe) => Promise<Sighting>;

/** While it is heard: again after this time, to learn whether it still answers. */
const learnAgainAfter = 3600 * microsPerSecond;
const tryAgainAfter = 600 * microsPerSecond;
/** Of one probe of a ping. */
const requestsPerPing = 3;

export type Target = { address: string; probe: MachineProbe };
type Asked = { inVain: number; triedAt: Micros };

export class Targets {
  readonly #health: Health;
  readonly #sight: Sight;
  readonly #mayReach: MayReach;
  readonly #turns: Turns;
  readonly #asked = new Map<number, Asked>();
  /** How many machines are heard from an address, and those that this hub has itself. */
  #sharing = new Map<string, number>();
  #own: ReadonlySet<string> = new Set();

  constructor(parts: { health: Health; sight: Sight; mayReach: MayReach; atOnce: number }) {
    this.#health = parts.health;
    this.#sight = parts.sight;
    this.#mayReach = parts.mayReach;
    this.#turns = new Turns({ atOnce: parts.atOnce, mostWaiting: Infinity });
  }

  /** Each turn of the loop. */
  see(machineIds: Iterable<number>, own: ReadonlySet<string>): void {
    this.#own = own;
    this.#sharing = new Map();
    for (const machineId of machineIds) {
      const { address } = this.#health.watchOf(machineId);
      if (address !== null) this.#sharing.set(address, (this.#sharing.get(address) ?? 0) + 1);
    }
  }

  /** Whether it is heard over a network, so that it tells something of this hub's. */
  isRemote(machineId: number): boolean {
    const { address } = this.#health.watchOf(machineId);
    return address !== null && !isLoopback(address) && !this.#own.has(address);
  }

  of(machineId: number): Target | Extract<ProbeSign, { result: "nothing-to-probe" }> {
    const { address, probe } = this.#health.watchOf(machineId);
    const nothing = { result: "nothing-to-probe" } as const;
    if (address === null) return { ...nothing, reason: "no-address" };
    if (!this.isRemote(machineId)) return { ...nothing, reason: "own-address" };
    if ((this.#sharing.get(address) ?? 0) > 1) return { ...nothing, reason: "shared-address" };
    if (!this.#mayReach(address, address)) return { ...nothing, reason: "not-allowed" };
    return { address, probe: probe ?? { kind: "ping" } };
  }

  /** Of a machine that is missed. Never rejects. */
  async ask(machineId: number, now: () => Micros): Promise<ProbeSign> {
    const target = this.of(machineId);
    if ("result" in target) return target;
    const { answered } = await this.#turns.run(() => this.#sight(target.address, target.probe));
    const asked = this.#asked.get(machineId) ?? { inVain: 0, triedAt: 0 };
    if (answered === null) return { result: "nothing-to-probe", reason: "cannot-ask" };
    if (answered) {
      this.#learn(machineId, target, now());
      return { result: "answers", ...target };
    }
    if (!isSame(this.#health.watchOf(machineId).answered, target))
      return { result: "nothing-to-probe", reason: "never-answered" };
    this.#asked.set(machineId, { ...asked, inVain: asked.inVain + 1 });
    const times = (asked.inVain + 1) * (target.probe.kind === "ping" ? requestsPerPing : 1);
    return { result: "no-answer", ...target, times };
  }

  /** Of a machine that is heard: learns what it answers. One that stops answering while it is heard tells nothing by that. */
  async learn(machineId: number, now: () => Micros): Promise<void> {
    const target = this.of(machineId);
    if ("result" in target || !this.isDue(machineId, now())) return;
    this.#asked.set(machineId, { inVain: 0, triedAt: now() });
    const { answered } = await this.#turns.run(() => this.#sight(target.address, target.probe));
    if (answered) this.#learn(machineId, target, now());
    else if (isSame(this.#health.watchOf(machineId).answered, target))
      this.#health.note({ machineId, answered: null });
  }

  /** Asks now, heard or not, because a person wants to know. Only the probe that is set teaches anything, and only by an answer. */
  async try(machineId: number, probe: MachineProbe, now: () => Micros): Promise<ProbeTrial> {
    const target = this.of(machineId);
    if ("result" in target) return target;
    const asked = { address: target.address, probe };
    const begun = performance.now();
    const { answered, text } = await this.#sight(asked.address, probe);
    const seconds = (performance.now() - begun) / 1000;
    if (answered === null) return { result: "nothing-to-probe", reason: "cannot-ask", text };
    if (!answered) return { result: "no-answer", ...asked, seconds, text };
    if (isSame(asked, target)) this.#learn(machineId, target, now());
    return { result: "answers", ...asked, seconds, text };
  }

  isDue(machineId: number, now: Micros): boolean {
    const target = this.of(machineId);
    if ("result" in target) return false;
    const { answered } = this.#health.watchOf(machineId);
    const asked = this.#asked.get(machineId);
    if (isSame(answered, target)) return now - (answered?.at ?? 0) > learnAgainAfter && isPast(asked, now);
    return isPast(asked, now);
  }

  /** It is heard again, so what was asked in vain does not count any more. */
  heard(machineId: number): void {
    const asked = this.#asked.get(machineId);
    if (asked && asked.inVain > 0) this.#asked.set(machineId, { ...asked, inVain: 0 });
  }

  #learn(machineId: number, { address, probe }: Target, at: Micros): void {
    this.#asked.set(machineId, { inVain: 0, triedAt: at });
    const { answered } = this.#health.watchOf(machineId);
    // Each answer is not worth a write.
    if (isSame(answered, { address, probe }) && at - (answered?.at ?? 0) < learnAgainAfter) return;
    this.#health.note({ machineId, answered: { address, probe, at } });
  }
}

const isPast = (asked: Asked | undefined, now: Micros) => !asked || now - asked.triedAt > tryAgainAfter;

function isSame(answered: Target | WatchRow["answered"], { address, probe }: Target): boolean {
  return (
    answered !== null &&
    answered.address === address &&
    answered.probe.kind === probe.kind &&
    ("port" in answered.probe ? answered.probe.port : 0) === ("port" in probe ? probe.port : 0)
  );
}
