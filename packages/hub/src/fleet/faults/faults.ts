/**
 * Who each machine's agent is, and what is wrong with it: another that uses its token, another protocol version, a flood.
 * Held in memory, written together with contacts, and read again with the fleet (other hubs hear agents too).
 */
import {
  formatInstant,
  microsPerSecond,
  readAgentIdentity,
  type MachineCondition,
  type SettledCondition,
  type Micros,
} from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "../../clock.ts";
import type { MachineFact, MachineFactStore } from "../../store/store.ts";
import {
  differences,
  hardwareDifferences,
  judgeIdentity,
  untold,
  type KnownAgent,
  type Sighting,
} from "./judge-identity.ts";
import { instants, versionCondition, type Noted } from "./conditions.ts";
import { askedToWait, refusal } from "./refusals.ts";
import { sameComputers } from "./same-computers.ts";

/** What happened and did not go on is told for so long. */
const toldFor: Micros = 24 * 3600 * microsPerSecond;
/** Between two notes of the same that are written. */
const noteEvery: Micros = 10 * microsPerSecond;

const surelyWritten: Micros = 120 * microsPerSecond;

/** By code, as it is kept. */
type Facts = {
  agent?: KnownAgent;
  "protocol-version"?: Noted & { agent: number };
  /** Machines of which a person said that they are meant to be on one computer with this one. */
  "same-computer"?: { intended: number[] };
  flooding?: Noted & { what: "messages" | "uploads"; refused: number };
};
type Code = keyof Facts;

type FaultParts = {
  store: MachineFactStore;
  clock: Clock;
  log: FastifyBaseLogger;
  /** The names of machines, for what is told of several. */
  name: (machineId: number) => string;
  isEnrolled: (machineId: number) => boolean;
};

export class Faults {
  readonly #parts: FaultParts;
  readonly #facts = new Map<number, Facts>();
  readonly #toldAt = new Map<string, Micros>();
  readonly #unwritten = new Set<string>();
  #alike: ReadonlyMap<number, readonly number[]> | null = null;

  constructor(parts: FaultParts) {
    this.#parts = parts;
  }

  async refresh(): Promise<void> {
    const startedAt = this.#parts.clock.now();
    const listed = new Set<string>();
    for (const { machineId, code, toldAt, content } of await this.#parts.store.list()) {
      const key = keyOf(machineId, code);
      listed.add(key);
      if (this.#unwritten.has(key) || toldAt <= (this.#toldAt.get(key) ?? -Infinity)) continue;
      this.#toldAt.set(key, toldAt);
      this.#hold(machineId, { [code]: JSON.parse(content) as unknown });
    }
    // Settled at another hub.
    for (const [machineId, facts] of this.#facts)
      for (const code of Object.keys(facts) as Code[]) {
        const key = keyOf(machineId, code);
        const isOld = startedAt - (this.#toldAt.get(key) ?? startedAt) > surelyWritten;
        if (isOld && !listed.has(key) && !this.#unwritten.has(key)) this.#forget(machineId, code);
      }
    this.#alike = null;
  }

  /** Writes what is new; keeps it for the next time if the store refuses. */
  async flush(): Promise<void> {
    if (this.#unwritten.size === 0) return;
    const keys = [...this.#unwritten];
    this.#unwritten.clear();
    try {
      await this.#parts.store.put(keys.flatMap((key) => this.#written(key)));
    } catch (error) {
      for (const key of keys) this.#unwritten.add(key);
      throw error;
    }
  }

  /**
   * The agent behind a machine's token spoke; `text` is what it tells of itself, if it does. Throws a problem of code
   * duplicate-identity if it is not the one that is known.
   */
  identify(machineId: number, text: string | undefined, address: string): void {
    const now = this.#parts.clock.now();
    const identity = (text === undefined ? null : readAgentIdentity(text)) ?? untold;
    const before = this.#facts.get(machineId)?.agent ?? null;
    const { known, verdict, isNews } = judgeIdentity(before, identity, address, now);
    const started = (before?.duplicateSince ?? null) === null && known.duplicateSince !== null;
    if (started) this.#warn(machineId, known);
    this.#hold(machineId, { agent: known });
    if (isNews)
      this.#note(machineId, "agent", now, started || before?.current.instance !== known.current.instance);
    if (verdict === "accepted") return;
    throw verdict === "wait" ? askedToWait() : refusal();
  }

  /** The agent that is known is still there, on a connection that was accepted as its own. */
  heardAgain(machineId: number, instance: string): void {
    const agent = this.#facts.get(machineId)?.agent;
    if (agent?.current.instance !== instance) return;
    const { known, isNews } = judgeIdentity(
      agent,
      agent.current,
      agent.current.address,
      this.#parts.clock.now(),
    );
    this.#hold(machineId, { agent: known });
    if (!isNews) return;
    if (agent.duplicateSince === null && known.duplicateSince !== null) this.#warn(machineId, known);
    this.#note(machineId, "agent", this.#parts.clock.now(), true);
  }

  #warn(machineId: number, { current, other }: KnownAgent): void {
    this.#parts.log.warn(
      { machineId, kept: current.address, refused: other?.address },
      "two agents speak with the token of one machine",
    );
  }

  otherVersion(machineId: number, version: number): void {
    const now = this.#parts.clock.now();
    const before = this.#recent(machineId, "protocol-version", now);
    const since = before?.agent === version ? before.since : now;
    this.#hold(machineId, { "protocol-version": { since, lastAt: now, agent: version } });
    this.#note(machineId, "protocol-version", now, since === now);
  }

  /** It speaks the hub's version. */
  sameVersion(machineId: number): void {
    if (this.#facts.get(machineId)?.["protocol-version"]) this.#forget(machineId, "protocol-version");
  }

  flooded(machineId: number, what: "messages" | "uploads"): void {
    const now = this.#parts.clock.now();
    const before = this.#recent(machineId, "flooding", now);
    const flooding = { since: before?.since ?? now, lastAt: now, what, refused: (before?.refused ?? 0) + 1 };
    this.#hold(machineId, { flooding });
    this.#note(machineId, "flooding", now, !before);
  }

  of(machineId: number): MachineCondition[] {
    const now = this.#parts.clock.now();
    const agent = this.#facts.get(machineId)?.agent;
    const version = this.#recent(machineId, "protocol-version", now);
    const flooding = this.#recent(machineId, "flooding", now);
    return [
      ...(agent ? this.#ofAgent(machineId, agent, now) : []),
      ...(version ? [versionCondition(version)] : []),
      ...(flooding ? [{ code: "flooding" as const, ...flooding, ...instants(flooding) }] : []),
    ];
  }

  #ofAgent(machineId: number, agent: KnownAgent, now: Micros): MachineCondition[] {
    const { current, other, duplicateSince, moved, refused } = agent;
    const found: MachineCondition[] = [];
    if (duplicateSince !== null && other)
      found.push({
        code: "duplicate-identity",
        ...instants({ since: duplicateSince, lastAt: other.lastAt }),
        address: other.address,
        keptAddress: current.address,
        differs: differences(current, other),
        refused,
      });
    if (moved && now - moved.at < toldFor)
      found.push({
        code: "hardware-changed",
        at: formatInstant(moved.at),
        address: current.address,
        differs: moved.differs,
      });
    const alike = this.#likeIt(machineId);
    if (alike.length > 0)
      found.push({
        code: "same-computer",
        machines: alike.slice(0, 10).map(({ id }) => this.#parts.name(id)),
        differs: hardwareDifferences(current, alike[0]!.current),
      });
    return found;
  }

  /** Others whose computer has the same machine id, without those that are meant to. */
  #likeIt(machineId: number): { id: number; current: Sighting }[] {
    this.#alike ??= sameComputers(
      [...this.#facts].flatMap(([id, { agent }]) => (agent ? [{ id, ...agent.current }] : [])),
    );
    const intended = this.#facts.get(machineId)?.["same-computer"]?.intended ?? [];
    return (this.#alike.get(machineId) ?? []).flatMap((id) => {
      if (intended.includes(id)) return [];
      const current = this.#facts.get(id)?.agent?.current;
      return current && this.#parts.isEnrolled(id) ? [{ id, current }] : [];
    });
  }

  /**
   * A person has seen to it: what was known is forgotten, the next agent that speaks is the machine's own; of machines on one
   * computer, that they are meant to be there is kept. False if it is not so.
   */
  async settle(machineId: number, settled: SettledCondition): Promise<boolean> {
    if (!this.of(machineId).some(({ code }) => code === settled)) return false;
    if (settled === "same-computer") await this.#intend(machineId);
    else if (settled === "protocol-version" || settled === "flooding") await this.#end(machineId, settled);
    else await this.forgetAgent(machineId);
    return true;
  }

  /** The next agent that speaks with the machine's token is taken for its own. */
  forgetAgent(machineId: number): Promise<void> {
    return this.#end(machineId, "agent");
  }

  async #end(machineId: number, code: Code): Promise<void> {
    this.#forget(machineId, code);
    await this.#parts.store.remove(machineId, code);
  }

  /** Said once, it is settled for all of them; one that comes later is told at each. */
  async #intend(machineId: number): Promise<void> {
    const now = this.#parts.clock.now();
    for (const id of [machineId, ...this.#likeIt(machineId).map((one) => one.id)]) {
      const before = this.#facts.get(id)?.["same-computer"]?.intended ?? [];
      const intended = [...new Set([...before, ...this.#likeIt(id).map((one) => one.id)])];
      this.#hold(id, { "same-computer": { intended } });
      this.#note(id, "same-computer", now, true);
    }
    await this.flush();
  }

  /** Only the agent that is known has the machine's token now: the other one of two is no more. */
  tokenReplaced(machineId: number): void {
    const agent = this.#facts.get(machineId)?.agent;
    if (!agent?.other) return;
    this.#hold(machineId, { agent: { ...agent, other: null, duplicateSince: null, refused: 0 } });
    this.#note(machineId, "agent", this.#parts.clock.now(), true);
  }

  /** Of a machine that was removed. */
  forget(machineId: number): void {
    for (const code of Object.keys(this.#facts.get(machineId) ?? {})) this.#forget(machineId, code as Code);
    this.#facts.delete(machineId);
  }

  #recent<C extends "protocol-version" | "flooding">(machineId: number, code: C, now: Micros) {
    const fact = this.#facts.get(machineId)?.[code];
    return fact && now - fact.lastAt < toldFor ? fact : undefined;
  }

  #hold(machineId: number, facts: Facts): void {
    this.#facts.set(machineId, { ...this.#facts.get(machineId), ...facts });
  }

  /** What only counts on is written now and then. */
  #note(machineId: number, code: Code, now: Micros, isNew: boolean): void {
    const key = keyOf(machineId, code);
    if (!isNew && now - (this.#toldAt.get(key) ?? -Infinity) < noteEvery) return;
    this.#toldAt.set(key, now);
    this.#unwritten.add(key);
    if (code === "agent") this.#alike = null;
  }

  #forget(machineId: number, code: Code): void {
    const key = keyOf(machineId, code);
    delete this.#facts.get(machineId)?.[code];
    this.#unwritten.delete(key);
    this.#toldAt.set(key, this.#parts.clock.now());
    this.#alike = null;
  }

  #written(key: string): MachineFact[] {
    const [id, code] = key.split(" ") as [string, Code];
    const fact = this.#facts.get(Number(id))?.[code];
    if (!fact || !this.#parts.isEnrolled(Number(id))) return [];
    const toldAt = this.#toldAt.get(key) ?? this.#parts.clock.now();
    return [{ machineId: Number(id), code, toldAt, content: JSON.stringify(fact) }];
  }
}

const keyOf = (machineId: number, code: string) => `${machineId} ${code}`;
