/** Learns the schedules of processes of which nobody has said when they run, and keeps what was learnt up to date. */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { AnalysisThread } from "../answers/analysis-thread.ts";
import type { Clock } from "../clock.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { toldZone } from "../fleet/zone.ts";
import type { ExpectationRow, Store, SupervisedRunColumns } from "../store/store.ts";
import { sureEnough } from "./judge.ts";
import type { LearntOf } from "./learn-all.ts";

type LearningParts = { store: Store; clock: Clock; fleet: Fleet; analysis: AnalysisThread };

const everyMicros = 3600 * microsPerSecond;
const day = 86_400 * microsPerSecond;
const daysBack = 35;
/** What runs at most this often in that time may be weekly or monthly, and takes a longer look. */
const rareRuns = 10;
const rareDaysBack = 400;
const mostRuns = 1_000_000;
/** One part in this many of the time may go into it. */
const idleShare = 100;

export class Learning {
  readonly #parts: LearningParts;
  #next: Micros = 0;

  constructor(parts: LearningParts) {
    this.#parts = parts;
  }

  /** Call it often: it works once an hour, on one hub of those that share a store. */
  async tick(): Promise<boolean> {
    const now = this.#parts.clock.now();
    if (now < this.#next) return false;
    const begun = performance.now();
    const ran = await this.#parts.store.exclusively("learn-schedules", () => this.#learn(now));
    this.#next = now + Math.max(everyMicros, (performance.now() - begun) * 1000 * idleShare);
    return ran;
  }

  async #learn(now: Micros): Promise<void> {
    const { store } = this.#parts;
    const recent = await this.#ask(await this.#runs(now - daysBack * day), now);
    const rare = recent.filter(({ schedule, runs }) => schedule === null && runs <= rareRuns);
    const seldom = await this.#ask(await this.#runs(now - rareDaysBack * day, rare), now);
    const before = await store.expectations.list();
    const said = new Set(before.filter(({ source }) => source !== "learnt").map(placeOf));
    const known = new Map(
      before.filter(({ source }) => source === "learnt").map((one) => [placeOf(one), one]),
    );
    const found = new Map([...recent, ...seldom].map((one) => [placeOf(one), one]));
    const changed: Omit<ExpectationRow, "expectationId">[] = [];
    for (const [place, { machineId, processId, schedule }] of found) {
      const held = known.get(place);
      if (!schedule || said.has(place) || !this.#parts.fleet.get(machineId)) continue;
      known.delete(place);
      // What has stopped is missed, not forgotten; it only is not learnt then.
      if (schedule.stopped) continue;
      const row = learntRow({ machineId, processId }, schedule, now);
      if (!held || differs(held, row)) changed.push(row);
    }
    await store.expectations.put(changed);
    const gone = [...known.values()].map(({ expectationId }) => expectationId);
    if (gone.length > 0) await store.expectations.remove(gone);
  }

  #runs(from: Micros, of?: readonly LearntOf[]): Promise<SupervisedRunColumns> {
    const filter = of && {
      machineIds: [...new Set(of.map(({ machineId }) => machineId))],
      processIds: [...new Set(of.map(({ processId }) => processId))],
    };
    return this.#parts.store.supervisedRuns.ended({ from, ...filter }, mostRuns);
  }

  #ask(columns: SupervisedRunColumns, now: Micros): Promise<LearntOf[]> {
    const zones = this.#parts.fleet.all().flatMap((row): [number, string][] => {
      const zone = toldZone(row);
      return zone === undefined ? [] : [[row.machineId, zone]];
    });
    return this.#parts.analysis.ask("learn", { columns, zones, now });
  }
}

const placeOf = ({ machineId, processId }: { machineId: number; processId: number }): string =>
  `${machineId}/${processId}`;

function learntRow(
  place: { machineId: number; processId: number },
  schedule: NonNullable<LearntOf["schedule"]>,
  now: Micros,
): Omit<ExpectationRow, "expectationId"> {
  const byClock = "cron" in schedule;
  return {
    ...place,
    source: "learnt",
    cron: byClock ? schedule.cron : null,
    timeZone: byClock ? schedule.timeZone : null,
    everySeconds: byClock ? null : schedule.everySeconds,
    graceSeconds: schedule.graceSeconds,
    maxSeconds: null,
    minSeconds: null,
    enabled: true,
    confidence: schedule.confidence,
    effectiveFrom: now,
    changedAt: now,
  };
}

/** A rhythm and a grace move a little with each fit; that is no change. */
function differs(held: ExpectationRow, row: Omit<ExpectationRow, "expectationId">): boolean {
  const far = (a: number, b: number): boolean => Math.abs(a - b) > 0.2 * Math.max(a, b);
  return (
    held.cron !== row.cron ||
    held.timeZone !== row.timeZone ||
    (held.everySeconds === null) !== (row.everySeconds === null) ||
    far(held.everySeconds ?? 0, row.everySeconds ?? 0) ||
    far(held.graceSeconds, row.graceSeconds) ||
    held.confidence! >= sureEnough !== row.confidence! >= sureEnough ||
    Math.abs(held.confidence! - row.confidence!) > 0.02
  );
}
