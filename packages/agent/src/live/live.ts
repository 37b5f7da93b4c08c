/**
 * How the machine is now, for those who ask. Two snapshots make a look; the older one is kept from the look before, or a
 * first is taken and a moment waited. However many ask, one look a second is taken at most, and fewer where one is dear.
 */
import type { LiveLook } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { FileSystem, FileSystems } from "../file-systems.ts";
import type { OsProcessTable } from "../os-processes/os-process-table.ts";
import { pause } from "../pause.ts";
import type { Roots } from "../roots.ts";
import { lookOf } from "./look.ts";
import { takeSnapshot, type Snapshot } from "./snapshot.ts";

export type LiveParts = {
  roots: Roots;
  clock: Clock;
  fileSystems: Pick<FileSystems, "list">;
  /** Opened for those who ask, and closed when nobody has for a while. */
  openTable: () => OsProcessTable;
  /** Aborted when the agent stops. */
  signal: AbortSignal;
};

const apartSeconds = 0.15;
/** Older snapshots tell of the past rather than of now. */
const keptSeconds = 10;
const forgottenSeconds = 30;
const leastSecondsBetween = 1;
/** Of one core, while somebody watches. */
const mostCostShare = 0.05;
/** A server that hangs must not hold up the rest. */
const fileSystemsSeconds = 0.3;

export class Live {
  readonly #parts: LiveParts;
  #table: OsProcessTable | null = null;
  #before: Snapshot | null = null;
  #last: { look: LiveLook; untilSeconds: number } | null = null;
  #underWay: Promise<LiveLook> | null = null;
  #fileSystems: FileSystem[] | null = null;
  #forget: (() => void) | null = null;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** Those who ask at the same time, or shortly after one another, share a look. */
  look(): Promise<LiveLook> {
    const now = this.#parts.clock.monotonicSeconds();
    if (this.#last && now < this.#last.untilSeconds) return Promise.resolve(this.#last.look);
    this.#underWay ??= this.#take().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  /** Gives back what watching took; the next who asks begins anew. */
  close(): void {
    this.#forget?.();
    this.#forget = null;
    this.#table?.close();
    this.#table = null;
    this.#before = null;
    this.#last = null;
  }

  async #take(): Promise<LiveLook> {
    const { clock, openTable, signal } = this.#parts;
    this.#forget?.();
    const table = (this.#table ??= openTable());
    // What can't be read at all is told as what was known before, too.
    const fileSystems = this.#readFileSystems().catch(() => undefined);
    const fresh = this.#before && clock.monotonicSeconds() - this.#before.monotonicSeconds <= keptSeconds;
    const before = (fresh && this.#before) || this.#snapshot(table).snapshot;
    const waited = clock.monotonicSeconds() - before.monotonicSeconds;
    if (waited < apartSeconds) await pause(clock, apartSeconds - waited, signal);
    await fileSystems;
    const { snapshot: after, costSeconds } = this.#snapshot(table);
    const look = lookOf(before, after, { table, fileSystems: this.#fileSystems });
    this.#before = after;
    const until = after.monotonicSeconds + Math.max(leastSecondsBetween, costSeconds / mostCostShare);
    this.#last = { look, untilSeconds: until };
    this.#forget = clock.after(forgottenSeconds, () => this.close());
    return look;
  }

  #snapshot(table: OsProcessTable): { snapshot: Snapshot; costSeconds: number } {
    const { roots, clock } = this.#parts;
    const snapshot = takeSnapshot(roots, table, clock);
    return { snapshot, costSeconds: clock.monotonicSeconds() - snapshot.monotonicSeconds };
  }

  /** Resolves soon in any case: what was known before is told where there is no answer in time. */
  async #readFileSystems(): Promise<void> {
    const { clock, signal } = this.#parts;
    const answered = new AbortController();
    const tooLong = pause(clock, fileSystemsSeconds, AbortSignal.any([answered.signal, signal]));
    await Promise.race([this.#listFileSystems(), tooLong]);
    answered.abort();
  }

  async #listFileSystems(): Promise<void> {
    const { fileSystems } = await this.#parts.fileSystems.list();
    this.#fileSystems = fileSystems;
  }
}
