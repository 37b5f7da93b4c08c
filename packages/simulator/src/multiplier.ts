/**
 * Worlds in which a culprit divides the speed of its victims by a factor while it runs; two at once divide by both. What
 * a run lost is the integral of 1 - speed; two culprits at once share it in proportion to the logarithms of their factors.
 * Culprits themselves are slowed by nobody.
 */
import { CostLedger, type Played } from "./played.ts";
import type { Plan } from "./plan.ts";

export type Effect = { culprit: number; victim: number; factor: number };

type Busy = { start: number[]; end: number[] };

export function playMultiplier(plan: Plan, effects: readonly Effect[]): Played {
  const { start, process, work } = plan.runs;
  const count = start.length;
  const busy = new Map<number, Busy>(effects.map(({ culprit }) => [culprit, { start: [], end: [] }]));
  for (const { victim } of effects)
    if (busy.has(victim)) throw new RangeError(`process ${victim} is a culprit and a victim`);
  for (let run = 0; run < count; run++) {
    const times = busy.get(process[run]!);
    if (times) addBusy(times, start[run]!, start[run]! + work[run]!);
  }
  const suspectsOf = plan.processes.map((_, process) =>
    effects
      .filter(({ victim }) => victim === process)
      .map(({ culprit, factor }) => ({ culprit, log: Math.log(factor), busy: busy.get(culprit)! })),
  );
  const end = new Float64Array(count);
  const ledger = new CostLedger();
  for (let run = 0; run < count; run++) {
    const suspects = suspectsOf[process[run]!]!;
    const costs = new Map<number, number>();
    end[run] =
      suspects.length === 0 ? start[run]! + work[run]! : advance(start[run]!, work[run]!, suspects, costs);
    ledger.tell(run, costs);
  }
  return {
    plan,
    end,
    costs: ledger.columns(count),
    unloggedSeconds: new Float64Array(count),
    hostSeconds: new Float64Array(count),
    loads: null,
  };
}

/** Joined where runs of the culprit itself overlap: being there twice slows nobody twice. */
function addBusy({ start, end }: Busy, from: number, to: number): void {
  const last = end.length - 1;
  if (last >= 0 && from <= end[last]!) end[last] = Math.max(end[last]!, to);
  else {
    start.push(from);
    end.push(to);
  }
}

/** Answers when the work is done; adds to `costs` what each culprit cost. */
function advance(
  from: number,
  work: number,
  suspects: readonly { culprit: number; log: number; busy: Busy }[],
  costs: Map<number, number>,
): number {
  let at = from;
  let left = work;
  for (;;) {
    let until = Infinity;
    let logs = 0;
    const present: { culprit: number; log: number }[] = [];
    for (const { culprit, log, busy } of suspects) {
      const next = firstEndingAfter(busy.end, at);
      if (next === busy.end.length) continue;
      const running = busy.start[next]! <= at;
      until = Math.min(until, running ? busy.end[next]! : busy.start[next]!);
      if (!running) continue;
      logs += log;
      present.push({ culprit, log });
    }
    const speed = Math.exp(-logs);
    const step = Math.min(until - at, left / speed);
    for (const { culprit, log } of present)
      costs.set(culprit, (costs.get(culprit) ?? 0) + step * (1 - speed) * (log / logs));
    if (left / speed <= until - at) return at + step;
    left -= step * speed;
    at = until;
  }
}

function firstEndingAfter(end: readonly number[], at: number): number {
  let low = 0;
  let high = end.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (end[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
