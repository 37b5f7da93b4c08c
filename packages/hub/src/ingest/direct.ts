/** Executions sent by HTTP: all of a request or nothing, each id once per machine. */
import { setImmediate } from "node:timers/promises";
import { ProblemError, type Micros, type ProblemItem } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { Counters } from "../counters.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { HubSettings } from "../settings.ts";
import { checkExecution, type CheckedExecution, type Fault } from "./execution-input.ts";
import type { GroupCommit } from "./group-commit.ts";
import { executionRows, ownershipFaults, rowsBetweenTurns, type Preparation } from "./prepare.ts";

type DirectParts = Pick<Preparation, "processNames" | "stepNames"> & {
  settings: HubSettings;
  clock: Clock;
  fleet: Fleet;
  commits: GroupCommit;
  counters: Counters;
};

/** What was sent: the items in order; one that is no JSON carries why. */
export type SentItems = readonly ({ value: unknown } | { error: string })[];

type Accepted = { accepted: number; duplicates: number };

type Checked = {
  byMachine: ReadonlyMap<number, readonly CheckedExecution[]>;
  faults: readonly ProblemItem[];
  /** Items that are sound but for another machine than the sender. */
  foreign: number;
  now: Micros;
};

const faultsShown = 1000;

export class DirectIntake {
  readonly #parts: DirectParts;

  constructor(parts: DirectParts) {
    this.#parts = parts;
  }

  /** `senderId`: the machine whose token it is; null for a person, whose executions name theirs. Resolves after COMMIT. */
  async record(items: SentItems, senderId: number | null): Promise<Accepted> {
    const checked = await this.#check(items, senderId);
    const { faults, foreign } = checked;
    if (faults.length > 0) {
      this.#parts.counters.add("culprit_executions_posted_total", 'result="refused"', items.length);
      const code = foreign > 0 && foreign === faults.length ? "forbidden" : "invalid-request";
      throw new ProblemError(code, summary(faults), { items: faults.slice(0, faultsShown) });
    }
    return this.#store(checked);
  }

  /** The same for senders that can't mend what they sent: records what is valid, and answers the faults of what is not. */
  async recordValid(
    items: SentItems,
    senderId: number | null,
  ): Promise<Accepted & { faults: readonly ProblemItem[] }> {
    const checked = await this.#check(items, senderId);
    const { faults } = checked;
    const accepted = await this.#store(checked);
    const refused = new Set(faults.map(({ index }) => index)).size;
    if (refused > 0) this.#parts.counters.add("culprit_executions_posted_total", 'result="refused"', refused);
    return { ...accepted, faults };
  }

  async #check(items: SentItems, senderId: number | null): Promise<Checked> {
    const { settings, clock } = this.#parts;
    const { pastYears, futureHours } = settings.limits;
    const times = { now: clock.now(), pastYears, futureHours };
    const byMachine = new Map<number, CheckedExecution[]>();
    const faults: ProblemItem[] = [];
    let foreign = 0;
    for (const [index, item] of items.entries()) {
      if (index % rowsBetweenTurns === rowsBetweenTurns - 1) await setImmediate();
      const checked =
        "error" in item ? [{ path: "", detail: item.error }] : checkExecution(item.value, times);
      const target = Array.isArray(checked) ? checked : this.#machineOf(checked, senderId);
      if (typeof target === "number" && !Array.isArray(checked)) {
        const list = byMachine.get(target);
        if (list) list.push(checked);
        else byMachine.set(target, [checked]);
        continue;
      }
      if (!Array.isArray(checked) && senderId !== null) foreign++;
      if (typeof target !== "number")
        for (const { path, detail } of target) faults.push({ index, path, detail });
    }
    return { byMachine, faults, foreign, now: times.now };
  }

  async #store({ byMachine, now }: Checked): Promise<Accepted> {
    const { commits, counters } = this.#parts;
    const executions = [];
    for (const [machineId, checked] of byMachine)
      executions.push(...(await executionRows(this.#parts, machineId, checked)));
    if (executions.length === 0) return { accepted: 0, duplicates: 0 };
    const result = await commits.direct({ executions, receivedAt: now });
    if (result.status !== "stored")
      throw result.status === "unavailable"
        ? new ProblemError("store-unavailable", result.detail, { retryAfterSeconds: 10 })
        : new ProblemError("invalid-request", result.detail);
    counters.add("culprit_executions_posted_total", 'result="accepted"', result.accepted);
    counters.add("culprit_executions_posted_total", 'result="duplicate"', result.duplicates);
    return { accepted: result.accepted, duplicates: result.duplicates };
  }

  #machineOf(checked: CheckedExecution, senderId: number | null): number | Fault[] {
    const { fleet } = this.#parts;
    if (senderId !== null) {
      const faults = ownershipFaults(checked, { machineId: senderId, name: fleet.name(senderId) });
      return faults.length > 0 ? faults : senderId;
    }
    const { machine } = checked.input;
    if (machine === undefined) return [{ path: "/machine", detail: "say which machine it ran on" }];
    return fleet.find(machine)?.machineId ?? [{ path: "/machine", detail: `there is no machine ${machine}` }];
  }
}

function summary(faults: readonly ProblemItem[]): string {
  const [first] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return `item ${first?.index}${first?.path}: ${first?.detail}${more}; nothing was stored`;
}
