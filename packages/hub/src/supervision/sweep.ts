/**
 * Looks every few seconds at what ran and what should have run, and keeps the events true. Each sweep judges anew a window
 * that reaches back to the last one, or to the oldest run that has arrived since, and writes only what differs: so the same
 * facts are the same events after a restart, on several hubs, and when runs are reported late or out of order.
 */
import type { Baseline } from "@culprit/analysis";
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { Normals } from "../answers/normals.ts";
import type { Clock } from "../clock.ts";
import type { Catalogue } from "../executions/catalogue.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { ExecutionRow, ExpectationRow, Store, SupervisionEventRow } from "../store/store.ts";
import { hasAgent, Hearing, placeOf, placesOfCheckins } from "./hearing.ts";
import { hasSchedule, judgeRuns, judgeStarts, slotsFrom, type Knowledge, type Verdict } from "./judge.ts";
import { continueStreaks } from "./long-streaks.ts";
import { readMark, wasDeaf, writeMark, type SweepMark } from "./mark.ts";
import { nameRuns } from "./name-runs.ts";
import { draftOf, endsOf, endsWithRun, withdrawals, type EventDraft, type FoundFact } from "./reconcile.ts";
import type { Run } from "./run.ts";
import { inForce } from "./supervision.ts";
import { WatchList, type Watched } from "./watched.ts";

type SweepParts = {
  store: Store;
  clock: Clock;
  fleet: Fleet;
  catalogue: Catalogue;
  normals: Normals;
  log: FastifyBaseLogger;
  /** How often it is called: after several times as long nobody was there to hear. */
  everySeconds?: number;
};

/** A commit may become visible this much later than the instant that it carries. */
const margin = 120 * microsPerSecond;
/** More after a start of the hub, for what was under way when it stopped. */
const startMargin = 900 * microsPerSecond;
export const sweepEverySeconds = 15;
/** So many sweeps that did not take place are a hub, or a machine, that was away. */
const sweepsMissed = 6;
const longestLook = 31 * 86_400 * microsPerSecond;
const hour = 3600 * microsPerSecond;
/** Bounds of one sweep; what is beyond the last is noticed by a later one, if at all, and the log says so. */
const mostRuns = 200_000;
const mostRunning = 20_000;
const mostOpen = 20_000;
const mostWrites = 5000;
const breathEvery = 100;

type Look = { now: Micros; mark: SweepMark; back: (machineId: number) => Micros };
type Judged = { watched: Watched; missed: SupervisionEventRow[]; from: Micros; verdict: Verdict | null };

export class Sweep {
  readonly #parts: SweepParts;
  readonly #awayAfter: Micros;
  readonly #hearing: Hearing;
  /** Of each expectation when a start can next be missed, for the state in which it was. */
  readonly #due = new Map<number, { changedAt: Micros; at: Micros }>();
  /** Events as they were last written, so that a fact that stands costs no write. */
  readonly #written = new Map<string, string>();
  /** Expected places that check in; kept while there is a time in which the hub did not hear. */
  #checkIn: ReadonlySet<string> = new Set();
  #first = true;

  constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#awayAfter = sweepsMissed * (parts.everySeconds ?? sweepEverySeconds) * microsPerSecond;
    this.#hearing = new Hearing(this.#awayAfter);
  }

  /** Answers whether it ran: another hub may be at it. */
  tick(): Promise<boolean> {
    return this.#parts.store.exclusively("supervision", () => this.#sweep());
  }

  async #sweep(): Promise<void> {
    const { store, clock, fleet } = this.#parts;
    const now = clock.now();
    const mark: SweepMark = (await readMark(store.supervisionEvents)) ?? {
      sweptAt: now,
      deaf: [],
      behind: new Map(),
    };
    if (now - mark.sweptAt > this.#awayAfter) mark.deaf.push([mark.sweptAt, now]);
    this.#hearing.update(fleet.all(), mark.behind, mark.sweptAt, now);
    const look = await this.#lookBack(now, mark);
    const running = await store.supervisedRuns.running(mostRunning);
    const list = await this.#watch(look, running);
    const drafts = await this.#judge(list, look, running);
    await this.#write(drafts);
    for (const { machineId } of fleet.all()) {
      const known = this.#hearing.knownUntil(machineId, now);
      if (known < now) mark.behind.set(machineId, Math.min(known, mark.behind.get(machineId) ?? known));
      else mark.behind.delete(machineId);
    }
    await writeMark(store.supervisionEvents, { ...mark, sweptAt: now });
    this.#first = false;
  }

  async #lookBack(now: Micros, mark: SweepMark): Promise<Look> {
    const since = Math.min(mark.sweptAt, now) - margin - (this.#first ? startMargin : 0);
    const arrived = await this.#parts.store.supervisedRuns.arrivedSince(since);
    const from = new Map(arrived.map(({ machineId, startedAt }) => [machineId, startedAt]));
    for (const [machineId, at] of mark.behind)
      if (this.#hearing.knownUntil(machineId, now) === now)
        from.set(machineId, Math.min(at, from.get(machineId) ?? at));
    const back = (machineId: number): Micros =>
      Math.max(now - longestLook, Math.min(since, from.get(machineId) ?? since));
    return { now, mark, back };
  }

  /** All that is expected or noticed, with the runs of the window. */
  async #watch({ now, mark, back }: Look, running: readonly ExecutionRow[]): Promise<WatchList> {
    const { store, fleet, catalogue } = this.#parts;
    const expectations = inForce(await store.expectations.list()).filter(({ machineId }) => {
      const machine = fleet.get(machineId);
      return machine !== undefined && !machine.paused;
    });
    if (mark.deaf.some(([, end]) => end > now - longestLook))
      this.#checkIn = await placesOfCheckins(store.checkins, catalogue, expectations);
    const open = await store.supervisionEvents.list(
      { from: 0, to: now + longestLook, open: true, withdrawn: true },
      mostOpen,
    );
    const list = new WatchList(expectations, open);
    const machines = fleet.all().map(({ machineId }) => machineId);
    for (const [from, group] of byAge(machines, back, now))
      list.addEnded(await this.#runs({ from, machineIds: group }));
    list.addRunning(running.filter(({ machineId }) => fleet.get(machineId)));
    list.sort();
    return list;
  }

  async #judge(list: WatchList, look: Look, running: readonly ExecutionRow[]): Promise<EventDraft[]> {
    const { now, back } = look;
    const fit = await this.#parts.normals.latest();
    const judged = await this.#prepare(list, look);
    const facts: FoundFact[] = [];
    const normalOf =
      ({ machineId, processId }: Watched) =>
      (run: Run): Baseline | undefined =>
        fit.of({ machineId, processId, stepId: 0, kind: run.kind }, run.startedAt);
    for (const [at, watched] of list.all().entries()) {
      if (at % breathEvery === 0) await new Promise(setImmediate);
      const { machineId, processId } = watched;
      const place = { machineId, processId };
      const found = judgeRuns(watched, back(machineId), now, normalOf(watched));
      const starts = judged.get(watched);
      if (starts) {
        starts.verdict = this.#judgeStarts(starts, look);
        found.push(...starts.verdict.facts);
      }
      facts.push(
        ...found.filter((fact) => !alreadyOpen(watched, fact)).map((fact) => ({ ...fact, ...place })),
      );
    }
    const withdrawn = [...judged.values()].flatMap(({ missed, verdict, watched }) =>
      withdrawals(missed, verdict!, now).map((one) => ({ ...one, place: watched })),
    );
    await nameRuns(this.#parts.store.executions, [
      ...facts.flatMap(({ run, other, machineId, processId }) =>
        [run, other].flatMap((one) => (one ? [{ run: one, machineId, processId }] : [])),
      ),
      ...withdrawn.flatMap(({ run, place }) => (run ? [{ run, ...place }] : [])),
    ]);
    const drafts = facts.filter(({ run }) => run?.executionId !== null).map((fact) => draftOf(fact, now));
    for (const { event, run } of withdrawn) drafts.push({ ...event, executionId: run?.executionId ?? null });
    return [...drafts, ...(await this.#ends(list, drafts, running, now))];
  }

  /** Those whose starts are to be judged in this sweep, with the runs and events that this needs. */
  async #prepare(list: WatchList, look: Look): Promise<Map<Watched, Judged>> {
    const judged = new Map<Watched, Judged>();
    const due = list.all().filter((watched) => this.#isDue(watched, look));
    if (due.length === 0) return judged;
    const first = (watched: Watched, missed: readonly SupervisionEventRow[]): Micros =>
      Math.max(slotsFrom(watched.expectation!, missed, look.back(watched.machineId)), look.now - longestLook);
    const missedOf = new Map(
      due.map((watched) => [watched, watched.open.filter(({ kind }) => kind === "missed")]),
    );
    const ended = await this.#parts.store.supervisionEvents.endedSince(
      {
        from: due.reduce((from, watched) => Math.min(from, first(watched, [])), look.now),
        machineIds: [...new Set(due.map(({ machineId }) => machineId))],
        processIds: [...new Set(due.map(({ processId }) => processId))],
      },
      mostOpen,
    );
    for (const event of ended) if (event.kind === "missed") missedOf.get(list.of(event))?.push(event);
    for (const watched of due) {
      const missed = missedOf.get(watched)!;
      judged.set(watched, { watched, missed, from: first(watched, missed), verdict: null });
    }
    await this.#readFurther(list, [...judged.values()], look);
    return judged;
  }

  #isDue({ expectation, machineId, runs }: Watched, { now, back }: Look): boolean {
    if (!hasSchedule(expectation)) return false;
    const due = this.#due.get(expectation.expectationId);
    if (!due || due.changedAt !== expectation.changedAt) return true;
    const from = back(machineId);
    return (
      due.at <= this.#hearing.knownUntil(machineId, now) || runs.some(({ startedAt }) => startedAt >= from)
    );
  }

  /** The runs of those whose starts reach further back than the window. */
  async #readFurther(list: WatchList, judged: readonly Judged[], { now, back }: Look): Promise<void> {
    const further = judged.filter(({ watched, from }) => from < back(watched.machineId));
    const ages = byAge(further, ({ from }) => from - margin, now);
    for (const [from, group] of ages) {
      const machineIds = [...new Set(group.map(({ watched }) => watched.machineId))];
      const processIds = [...new Set(group.map(({ watched }) => watched.processId))];
      const columns = await this.#runs({ from, machineIds, processIds });
      list.replaceEnded(
        group.map(({ watched }) => watched),
        columns,
      );
    }
  }

  /** What may be said of starts of this expectation that did not come. */
  knowledgeOf(expectation: ExpectationRow, mark: Pick<SweepMark, "deaf">, now: Micros): Knowledge {
    const { machineId, source } = expectation;
    const later = hasAgent(this.#parts.fleet.get(machineId)) && source !== "check-in";
    // What a check-in does not say to the hub it says to nobody, whoever expects it.
    const isHeardOnce = !later || this.#checkIn.has(placeOf(expectation));
    return {
      now,
      knownUntil: later ? this.#hearing.knownUntil(machineId, now) : now,
      deaf: (begin, end) => isHeardOnce && wasDeaf(mark, begin, end),
    };
  }

  /** The next expected start as of the last sweep; null before one. */
  nextStart({ expectationId, graceSeconds }: ExpectationRow): Micros | null {
    const due = this.#due.get(expectationId);
    return due === undefined ? null : due.at - graceSeconds * microsPerSecond;
  }

  #judgeStarts({ watched, missed, from }: Judged, { now, mark }: Look): Verdict {
    const expectation = watched.expectation!;
    const knowledge = this.knowledgeOf(expectation, mark, now);
    const verdict = judgeStarts({ expectation, runs: watched.runs }, from, knowledge);
    const { expectationId, changedAt } = expectation;
    this.#due.set(expectationId, { changedAt, at: verdict.dueAt });
    return { ...verdict, facts: continueStreaks(verdict, expectation, missed) };
  }

  async #ends(
    list: WatchList,
    drafts: readonly EventDraft[],
    running: readonly ExecutionRow[],
    now: Micros,
  ): Promise<EventDraft[]> {
    const told = new Map<string, Set<string>>();
    for (const { machineId, processId, kind, subject } of drafts) {
      const key = `${machineId}/${processId}`;
      told.set(key, (told.get(key) ?? new Set()).add(`${kind} ${subject}`));
    }
    const under = new Set(running.map(({ machineId, executionId }) => `${machineId} ${executionId}`));
    const ends: EventDraft[] = [];
    for (const watched of list.all()) {
      if (watched.open.length === 0) continue;
      const { machineId, processId, open } = watched;
      if (!this.#parts.fleet.get(machineId)) {
        ends.push(
          ...open.map((event) => ({ ...event, endedAt: now, ending: "no-longer-expected" as const })),
        );
        continue;
      }
      const over = new Map<string, Micros>();
      for (const { kind, executionId } of open) {
        if (!endsWithRun(kind) || executionId === null || under.has(`${machineId} ${executionId}`)) continue;
        const [row] = await this.#parts.store.executions.byId(executionId, machineId);
        over.set(executionId, row?.endedAt ?? now);
      }
      const known = told.get(`${machineId}/${processId}`) ?? new Set();
      ends.push(...endsOf(watched, known, (id) => over.get(id) ?? null, now));
    }
    return ends;
  }

  async #write(drafts: readonly EventDraft[]): Promise<void> {
    const { store, log } = this.#parts;
    const fresh = drafts.filter((draft) => this.#written.get(identityOf(draft)) !== contentOf(draft));
    if (fresh.length > mostWrites)
      log.warn(
        { events: fresh.length },
        `more events at once than ${mostWrites}: the rest waits for the next sweep`,
      );
    const kept = fresh.slice(0, mostWrites);
    if (kept.length > 0) await store.supervisionEvents.put(kept);
    if (this.#written.size > 4 * mostWrites) this.#written.clear();
    for (const draft of kept) this.#written.set(identityOf(draft), contentOf(draft));
  }

  async #runs(filter: Parameters<Store["supervisedRuns"]["ended"]>[0]) {
    const columns = await this.#parts.store.supervisedRuns.ended(filter, mostRuns);
    if (columns.startedAt.length === mostRuns)
      this.#parts.log.warn({ rows: mostRuns }, "supervision looked at the newest runs only");
    return columns;
  }
}

const identityOf = ({ machineId, processId, kind, subject }: EventDraft): string =>
  `${machineId} ${processId} ${kind} ${subject}`;

const contentOf = (draft: EventDraft): string => JSON.stringify({ ...draft, noticedAt: 0 });

/** While a run goes on, the bound that it has passed may move with what is normal; the event stays as it was raised. */
function alreadyOpen({ open }: Watched, { kind, run }: Pick<FoundFact, "kind" | "run">): boolean {
  if (run?.endedAt !== Infinity || kind === "overlapping-itself") return false;
  return open.some((event) => event.kind === kind && event.executionId === run.executionId);
}

/** Lists of those that reach back about as far, with the earliest instant of each: one question serves a list. */
function byAge<T>(all: readonly T[], from: (one: T) => Micros, now: Micros): [Micros, T[]][] {
  const groups = new Map<number, [Micros, T[]]>();
  for (const one of all) {
    const age = Math.ceil(Math.log2(Math.max(1, (now - from(one)) / hour)) / 2);
    const group = groups.get(age);
    if (group) {
      group[0] = Math.min(group[0], from(one));
      group[1].push(one);
    } else groups.set(age, [from(one), [one]]);
  }
  return [...groups.values()];
}
