/**
 * The states of machines, for all that ask. The hub that holds the watch decides them (`checker.ts`) and keeps them in the
 * store, from which the others read. While nobody watches, only what contacts show is said.
 */
import {
  formatInstant,
  microsPerSecond,
  type HealthEvidence,
  type MachineProbe,
  type MachineState,
  type Micros,
} from "@culprit/protocol";
import type { Clock } from "../../clock.ts";
import type { HealthStore, MachineRow, WatchRow } from "../../store/store.ts";
import type { Believed } from "./believe-state.ts";
import { isLoopback } from "../../listen-address.ts";
import { plainAddress } from "./network.ts";
import { stateByContacts } from "./state-by-contacts.ts";

export type ToldState = { state: MachineState; since: Micros | null; evidence: HealthEvidence[] };

const watchedWithin = 20 * microsPerSecond;

export class Health {
  readonly #store: HealthStore;
  readonly #clock: Clock;
  readonly #watched = new Map<number, WatchRow>();
  readonly #unwritten = new Map<number, Pick<WatchRow, "machineId"> & Partial<WatchRow>>();
  #states = new Map<number, Believed>();
  #watchedUntil: Micros = -Infinity;
  #cutOffSince: Micros | null = null;

  constructor(store: HealthStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** What is in the store; a hub that does not hold the watch calls it every few seconds. */
  async refresh(): Promise<void> {
    const now = this.#clock.now();
    const [watched, states, until, blind] = await Promise.all([
      this.#store.watched(),
      this.#store.current(),
      this.#store.watchedUntil(),
      this.#store.blindTimes({ from: now - 1, to: now + 1 }),
    ]);
    for (const row of watched)
      this.#watched.set(row.machineId, { ...row, ...this.#unwritten.get(row.machineId) });
    this.#states = new Map(states.map((row) => [row.machineId, row]));
    this.#watchedUntil = until ?? -Infinity;
    this.#cutOffSince = blind.find(({ endedAt }) => endedAt === null)?.beganAt ?? null;
  }

  /** What the checker believes now. */
  told(states: ReadonlyMap<number, Believed>, cutOffSince: Micros | null): void {
    this.#states = new Map(states);
    this.#cutOffSince = cutOffSince;
    this.#watchedUntil = this.#clock.now();
  }

  /** Of the machine as it is: what a person has just changed counts before the next look. */
  of(row: MachineRow, connected: boolean): ToldState {
    const now = this.#clock.now();
    if (row.paused) {
      const known = this.#states.get(row.machineId);
      const since = known?.state === "paused" ? known.since : null;
      return { state: "paused", since, evidence: [{ code: "paused" }] };
    }
    const known = this.#states.get(row.machineId);
    const watches = Math.abs(now - this.#watchedUntil) <= watchedWithin;
    if (!known || known.state === "paused" || !watches)
      return { ...stateByContacts(row, connected, now), since: null };
    const heardSince = (row.lastContactAt ?? -Infinity) > (this.#cutOffSince ?? Infinity);
    if (this.#cutOffSince !== null && !heardSince && !this.#isLocal(row.machineId)) {
      const since = this.#cutOffSince;
      return { state: "silent", since, evidence: [{ code: "hub-cut-off", since: formatInstant(since) }] };
    }
    return known;
  }

  watchOf(machineId: number): WatchRow {
    return this.#watched.get(machineId) ?? { machineId, address: null, probe: null, answered: null };
  }

  /** Where a machine was just heard from. */
  heardFrom(machineId: number, address: string): void {
    this.note({ machineId, address: plainAddress(address) });
  }

  note(change: Pick<WatchRow, "machineId"> & Partial<WatchRow>): void {
    const { machineId } = change;
    const known = this.watchOf(machineId);
    if (change.address !== undefined && change.address === known.address && Object.keys(change).length === 2)
      return;
    this.#watched.set(machineId, { ...known, ...change });
    this.#unwritten.set(machineId, { ...this.#unwritten.get(machineId), ...change });
  }

  async setProbe(machineId: number, probe: MachineProbe | null): Promise<void> {
    this.note({ machineId, probe });
    await this.flush();
  }

  /** Writes what was noted; keeps it for the next time if the store refuses. */
  async flush(): Promise<void> {
    if (this.#unwritten.size === 0) return;
    const rows = [...this.#unwritten.values()];
    this.#unwritten.clear();
    try {
      await this.#store.watch(rows);
    } catch (error) {
      for (const row of rows)
        this.#unwritten.set(row.machineId, { ...row, ...this.#unwritten.get(row.machineId) });
      throw error;
    }
  }

  forget(machineId: number): void {
    this.#watched.delete(machineId);
    this.#unwritten.delete(machineId);
    this.#states.delete(machineId);
  }

  #isLocal(machineId: number): boolean {
    const { address } = this.watchOf(machineId);
    return address !== null && isLoopback(address);
  }
}
