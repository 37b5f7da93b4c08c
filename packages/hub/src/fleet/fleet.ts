/**
 * The machines of this hub. Rows are held in memory and read again every few seconds (other hubs change them too);
 * contacts are noted here and written together, so that an upload costs no write of its own.
 */
import { ProblemError, type Micros } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import { fold } from "../executions/catalogue.ts";
import { publicId, readPublicId } from "../public-ids.ts";
import type { MachineRow, MachineRowChange, MachineStore } from "../store/store.ts";

type Contact = { at: Micros; clockOffsetMicros?: number };

export class Fleet {
  readonly #store: MachineStore;
  readonly #clock: Clock;
  #rows = new Map<number, MachineRow>();
  /** By folded name. */
  #named = new Map<string, number>();
  /** Made here while the rows are being read: what is read may not hold them yet. */
  readonly #made = new Map<number, MachineRow>();
  #reading = 0;
  readonly #contacts = new Map<number, Contact>();

  constructor(store: MachineStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async refresh(): Promise<void> {
    const rows = new Map((await this.#read()).map((row) => [row.machineId, row]));
    for (const [machineId, row] of rows) {
      const held = this.#rows.get(machineId);
      if (held) rows.set(machineId, { ...row, ...newerOf(row, held) });
    }
    this.#rows = rows;
    this.#named = new Map(Array.from(rows.values(), ({ name, machineId }) => [fold(name), machineId]));
  }

  async #read(): Promise<MachineRow[]> {
    this.#reading++;
    try {
      const rows = await this.#store.list();
      const listed = new Set(rows.map(({ machineId }) => machineId));
      return [...rows, ...[...this.#made.values()].filter(({ machineId }) => !listed.has(machineId))];
    } finally {
      if (--this.#reading === 0) this.#made.clear();
    }
  }

  all(): MachineRow[] {
    return [...this.#rows.values()];
  }

  get(machineId: number): MachineRow | undefined {
    return this.#rows.get(machineId);
  }

  /** The name for answers; machines that were removed keep their history under their id. */
  name(machineId: number): string {
    return this.#rows.get(machineId)?.name ?? publicId("m", machineId);
  }

  find(reference: string): MachineRow | undefined {
    const id = readPublicId("m", reference);
    if (id !== null) return this.#rows.get(id);
    return this.#rows.get(this.#named.get(fold(reference)) ?? -1);
  }

  /** A machine by `m_7` or name; a problem of code not-found if there is none. */
  machine(reference: string): MachineRow {
    const row = this.find(reference);
    if (!row) throw new ProblemError("not-found", `there is no machine ${reference}`);
    return row;
  }

  /** Null if the name is taken. */
  async create(name: string, more: Parameters<MachineStore["create"]>[2] = {}): Promise<number | null> {
    const enrolledAt = this.#clock.now();
    const machineId = await this.#store.create(name, enrolledAt, more);
    if (machineId === null) {
      await this.refresh();
      return null;
    }
    // Not read again: of thousands that enrol at once each would read all of them.
    const row: MachineRow = {
      machineId,
      name,
      paused: false,
      enrolledAt,
      lastContactAt: null,
      lastSampleAt: null,
      clockOffsetMicros: null,
      computer: null,
      labels: {},
      group: null,
      timeZone: null,
      enrolledWith: null,
      ...more,
    };
    if (this.#reading > 0) this.#made.set(machineId, row);
    this.#rows.set(machineId, row);
    this.#named.set(fold(name), machineId);
    return machineId;
  }

  async change(machineId: number, change: MachineRowChange) {
    const result = await this.#store.change(machineId, change);
    await this.refresh();
    return result;
  }

  async remove(machineId: number): Promise<boolean> {
    const removed = await this.#store.remove(machineId);
    this.#made.delete(machineId);
    this.#contacts.delete(machineId);
    await this.refresh();
    return removed;
  }

  /** Notes that the machine was heard, and its clock minus ours where that was measured. */
  heard(machineId: number, clockOffsetMicros?: number): void {
    const at = this.#clock.now();
    const offset = clockOffsetMicros === undefined ? {} : { clockOffsetMicros };
    this.#contacts.set(machineId, { ...this.#contacts.get(machineId), at, ...offset });
    const row = this.#rows.get(machineId);
    if (row) this.#rows.set(machineId, { ...row, lastContactAt: at, ...offset });
  }

  /** Notes the newest sample that was committed; one from the future counts as of now, as in the store. */
  sampled(machineId: number, newest: Micros): void {
    const at = Math.min(newest, this.#clock.now());
    const row = this.#rows.get(machineId);
    if (row && (row.lastSampleAt ?? -Infinity) < at) this.#rows.set(machineId, { ...row, lastSampleAt: at });
  }

  /** Writes the contacts noted since the last time; keeps them for the next if the store refuses. */
  async flush(): Promise<void> {
    if (this.#contacts.size === 0) return;
    const contacts = [...this.#contacts];
    this.#contacts.clear();
    try {
      await this.#store.contact(contacts.map(([machineId, contact]) => ({ machineId, ...contact })));
    } catch (error) {
      for (const [machineId, contact] of contacts)
        if (!this.#contacts.has(machineId)) this.#contacts.set(machineId, contact);
      throw error;
    }
  }
}

/** What this hub heard may not be written yet. */
function newerOf(row: MachineRow, held: MachineRow): Partial<MachineRow> {
  const heardLater = (held.lastContactAt ?? -Infinity) > (row.lastContactAt ?? -Infinity);
  return {
    ...(heardLater ? { lastContactAt: held.lastContactAt, clockOffsetMicros: held.clockOffsetMicros } : {}),
    ...((held.lastSampleAt ?? -Infinity) > (row.lastSampleAt ?? -Infinity)
      ? { lastSampleAt: held.lastSampleAt }
      : {}),
  };
}
