/**
 * Until when the hub knows what ran on a machine. An agent delivers later what it could not deliver, so of a silent machine
 * nothing is known since its last word, and for a while after it is back its backlog is under way.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import { fold, type Catalogue } from "../executions/catalogue.ts";
import type { CheckinStore, ExpectationRow, MachineRow } from "../store/store.ts";

const settles = 180 * microsPerSecond;

type Silence = { since: Micros; backAt: Micros | null };

export class Hearing {
  readonly #silentAfter: Micros;
  readonly #silences = new Map<number, Silence>();

  constructor(silentAfter: Micros) {
    this.#silentAfter = silentAfter;
  }

  /** For the sweep at `now`; the one before was at `before`, maybe of another hub or long ago. */
  update(
    machines: readonly MachineRow[],
    behind: ReadonlyMap<number, Micros>,
    before: Micros,
    now: Micros,
  ): void {
    const asleep = now - before > this.#silentAfter;
    const present = new Set<number>();
    for (const { machineId, lastContactAt } of machines) {
      if (lastContactAt === null) continue;
      present.add(machineId);
      const known = this.#silences.get(machineId);
      const since = known?.since ?? behind.get(machineId) ?? null;
      if (now - lastContactAt > this.#silentAfter)
        this.#silences.set(machineId, { since: since ?? Math.min(lastContactAt, before), backAt: null });
      else if (since !== null || asleep) {
        const backAt = known?.backAt ?? now;
        if (now - backAt >= settles) this.#silences.delete(machineId);
        else this.#silences.set(machineId, { since: since ?? before, backAt });
      }
    }
    for (const machineId of this.#silences.keys())
      if (!present.has(machineId)) this.#silences.delete(machineId);
  }

  /** Callers without an agent are known as long as the hub is there. */
  knownUntil(machineId: number, now: Micros): Micros {
    return this.#silences.get(machineId)?.since ?? now;
  }
}

/** Whether an agent speaks for the machine; callers of the API and check-ins can't deliver later. */
export function hasAgent(machine: Pick<MachineRow, "lastContactAt"> | undefined): boolean {
  return machine !== undefined && machine.lastContactAt !== null;
}

/** Of these expectations' processes, by machine and process, those that check in: what they don't say to the hub is lost. */
export async function placesOfCheckins(
  checkins: Pick<CheckinStore, "list">,
  { processes }: Pick<Catalogue, "processes">,
  expectations: readonly ExpectationRow[],
): Promise<Set<string>> {
  const told = new Set((await checkins.list()).map((one) => `${one.machineId} ${fold(one.process)}`));
  if (told.size === 0) return told;
  const names = await processes.namesOf(new Set(expectations.map(({ processId }) => processId)));
  return new Set(
    expectations
      .filter(({ machineId, processId }) => told.has(`${machineId} ${fold(names.get(processId)!)}`))
      .map(placeOf),
  );
}

export const placeOf = ({ machineId, processId }: Pick<ExpectationRow, "machineId" | "processId">): string =>
  `${machineId}/${processId}`;
